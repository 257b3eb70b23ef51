using Aeamc.P2P.Blocks;
using Aeamc.P2P.Blocks.Tests;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Sync;

public class SyncProtocolTests
{
    private static readonly Hash256 Hash = Hash256.Of("hash"u8);

    [Fact]
    public void Each_message_has_its_bytes()
    {
        Assert.Equal([0x91, 0xc4, 0x40, .. Hash.ToArray(), .. Hash.ToArray()], SyncProtocol.EncodeHashes([Hash, Hash]));
        Assert.Equal([0x92, 0xc4, 2, 7, 8, 0xc4, 1, 9], SyncProtocol.EncodeBlobs([[7, 8], [9]]));
        Assert.Equal([0x92, 0xcd, 0x03, 0xe8, 0xcd, 0x01, 0x00], SyncProtocol.EncodeRangeRequest(new Height(1_000), 256));
        Assert.Equal(
            [0x92, 0x93, 0xc4, 1, 5, 0xc4, 0, 0x91, 0xc4, 1, 6, 0x93, 0xc4, 1, 7, 0xc4, 1, 8, 0x90],
            SyncProtocol.EncodeRange([new RangeBlock(new byte[] { 5 }, default, [new byte[] { 6 }]), new RangeBlock(new byte[] { 7 }, new byte[] { 8 }, [])]));
    }

    [Fact]
    public void What_was_written_is_read_again()
    {
        Assert.True(SyncProtocol.TryDecodeHashes(SyncProtocol.EncodeHashes([Hash, Hash]), out Hash256[]? hashes));
        Assert.Equal([Hash, Hash], hashes);
        Assert.True(SyncProtocol.TryDecodeBlobs(SyncProtocol.EncodeBlobs([[7, 8], [9]]), 2, out List<ReadOnlyMemory<byte>>? blobs));
        Assert.Equal(["0708", "09"], blobs.Select(blob => Convert.ToHexString(blob.Span)));
        Assert.True(SyncProtocol.TryDecodeRangeRequest(SyncProtocol.EncodeRangeRequest(new Height(1_000), 256), out Height from, out int maximum));
        Assert.Equal((new Height(1_000), 256), (from, maximum));
        Assert.True(SyncProtocol.TryDecodeRange(SyncProtocol.EncodeRange([new RangeBlock(new byte[] { 5 }, new byte[] { 8 }, [new byte[] { 6 }])]), out List<RangeBlock>? blocks));
        Assert.Equal(("05", "08", "06"), (Convert.ToHexString(blocks[0].Content.Span), Convert.ToHexString(blocks[0].Finalization.Span), Convert.ToHexString(blocks[0].Batches[0].Span)));
    }

    [Fact]
    public void More_than_the_caps_is_refused()
    {
        Assert.False(SyncProtocol.TryDecodeHashes(SyncProtocol.EncodeHashes([.. Enumerable.Repeat(Hash, SyncProtocol.MaximumBatches + 1)]), out _));
        Assert.False(SyncProtocol.TryDecodeBlobs(SyncProtocol.EncodeBlobs([[7], [9]]), 1, out _));
        Assert.False(SyncProtocol.TryDecodeRangeRequest(SyncProtocol.EncodeRangeRequest(new Height(1), 257), out _, out _));
        Assert.False(SyncProtocol.TryDecodeRange(SyncProtocol.EncodeRange([.. Enumerable.Repeat(new RangeBlock(default, default, []), 257)]), out _));
        Assert.False(SyncProtocol.TryDecodeRange(SyncProtocol.EncodeRange([new RangeBlock(default, new byte[SyncProtocol.MaximumFinalization + 1], [])]), out _));
        Assert.False(SyncProtocol.TryDecodeHashes([0x91, 0xc4, 0x01, 0x00], out _));
    }

    [Fact]
    public void The_longest_batch_and_the_longest_content_pass()
    {
        var payload = new BlockPayload([.. Enumerable.Range(0, BlockPayload.MaxBatches).Select(i => Hash256.Of(BitConverter.GetBytes(i)))]);
        byte[] content = BlockContent.Create(SampleHeader.Of(payload), payload).Encoded.ToArray();

        Assert.True(SyncProtocol.TryDecodeBlobs(SyncProtocol.EncodeBlobs([content]), 1, out _));
        Assert.True(SyncProtocol.TryDecodeBlobs(SyncProtocol.EncodeBlobs([new byte[Batch.MaxEncodedSize]]), 1, out _));
    }

    [Fact]
    public void Arbitrary_bytes_are_read_or_refused_and_what_is_read_is_canonical()
    {
        byte[][] good =
        [
            SyncProtocol.EncodeHashes([Hash, Hash]), SyncProtocol.EncodeBlobs([[7, 8], [9]]), SyncProtocol.EncodeRangeRequest(new Height(1_000), 256),
            SyncProtocol.EncodeRange([new RangeBlock(new byte[] { 5 }, new byte[] { 8 }, [new byte[] { 6 }, new byte[300]])]),
        ];
        var random = new Random(5);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. good[round % good.Length]];
            bytes = bytes[..random.Next(bytes.Length + 1)];
            for (int change = random.Next(4); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (SyncProtocol.TryDecodeHashes(bytes, out Hash256[]? hashes))
            {
                Assert.Equal(bytes, SyncProtocol.EncodeHashes(hashes));
            }

            if (SyncProtocol.TryDecodeBlobs(bytes, 8, out List<ReadOnlyMemory<byte>>? blobs))
            {
                Assert.Equal(bytes, SyncProtocol.EncodeBlobs([.. blobs.Select(blob => blob.ToArray())]));
            }

            if (SyncProtocol.TryDecodeRangeRequest(bytes, out Height from, out int maximum))
            {
                Assert.Equal(bytes, SyncProtocol.EncodeRangeRequest(from, maximum));
            }

            if (SyncProtocol.TryDecodeRange(bytes, out List<RangeBlock>? blocks))
            {
                Assert.Equal(bytes, SyncProtocol.EncodeRange(blocks));
            }
        }
    }
}
