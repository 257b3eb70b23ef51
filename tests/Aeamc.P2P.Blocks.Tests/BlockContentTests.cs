using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks.Tests;

public class BlockContentTests
{
    private static readonly BlockPayload Payload = new([Hash256.Of("a"u8), Hash256.Of("b"u8)]);

    [Fact]
    public void It_is_an_array_of_the_header_and_the_payload()
    {
        MicroblockHeader header = SampleHeader.Of(Payload);
        BlockContent content = BlockContent.Create(header, Payload);

        // array of 2; bin 16 of 317 bytes; bin 8 of the payload: array 1, 64 bytes of hashes.
        byte[] expected = [0x92, 0xc5, 0x01, 0x3d, .. header.ToArray(), 0xc4, (byte)Payload.Encoded.Length, .. Payload.Encoded.Span];
        Assert.Equal(expected, content.Encoded.ToArray());
        Assert.Equal("8b59bc36", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content.Encoded.Span))[..8]);
        Assert.Equal(header.ComputeHash(), content.Hash);
        Assert.True(BlockContent.TryDecode(expected, out BlockContent? back));
        Assert.Equal(header, back.Header);
        Assert.Equal(Payload.BatchHashes, back.Payload.BatchHashes);
    }

    [Fact]
    public void A_header_of_another_payload_is_refused()
    {
        byte[] other = BlockContent.Create(SampleHeader.Of(BlockPayload.Empty), BlockPayload.Empty).Encoded.ToArray();
        byte[] mixed = [.. other.AsSpan(0, 4 + MicroblockHeader.Size), 0xc4, (byte)Payload.Encoded.Length, .. Payload.Encoded.Span];

        Assert.False(BlockContent.TryDecode(mixed, out _));
        Assert.Throws<InvariantException>(() => BlockContent.Create(SampleHeader.Of(BlockPayload.Empty), Payload));
    }

    [Fact]
    public void The_fullest_payload_fits()
    {
        var payload = new BlockPayload([.. Enumerable.Range(0, BlockPayload.MaxBatches).Select(i => Hash256.Of(BitConverter.GetBytes(i)))]);
        BlockContent content = BlockContent.Create(SampleHeader.Of(payload), payload);

        Assert.InRange(content.Encoded.Length, 1, BlockContent.MaxEncodedSize);
        Assert.True(BlockContent.TryDecode(content.Encoded.Span, out _));
    }

    [Fact]
    public void Whatever_bytes_come_they_are_the_canonical_ones_or_refused()
    {
        byte[] good = BlockContent.Create(SampleHeader.Of(Payload), Payload).Encoded.ToArray();
        var random = new Random(11);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = good[..random.Next(good.Length + 1)];
            for (int change = random.Next(4); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (BlockContent.TryDecode(bytes, out BlockContent? content))
            {
                Assert.Equal(bytes, BlockContent.Create(content.Header, content.Payload).Encoded.ToArray());
            }
        }
    }
}
