using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Primitives.Tests;

namespace Aeamc.P2P.Consensus.Tests.Microblocks;

public class BlockPayloadTests
{
    private const string Golden = """
        91c4400102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2002030405060708090a0b0c0d0e0f101112131415161718191a
        1b1c1d1e1f2021
        """;

    [Fact]
    public void Bytes_are_frozen()
    {
        var payload = new BlockPayload([Bytes.Hash(1), Bytes.Hash(2)]);
        Assert.Equal(Bytes.Hex(Golden), payload.Encoded.ToArray());
        Assert.Equal("9ea6d3100283e84b29900ffb8af50266665cfe3c41ee96d8676f7eee44a510b1", payload.Hash.ToString());
        Assert.Equal("91c400", Convert.ToHexStringLower(BlockPayload.Empty.Encoded.Span));
        Assert.Equal("7b9ba1733c38268d7f8dccce56b50d8b91e961fc05c2b5a0aa128c2d42f25d5b", BlockPayload.Empty.Hash.ToString());
    }

    [Fact]
    public void The_order_of_batches_is_part_of_the_hash() =>
        Assert.NotEqual(new BlockPayload([Bytes.Hash(1), Bytes.Hash(2)]).Hash, new BlockPayload([Bytes.Hash(2), Bytes.Hash(1)]).Hash);

    [Fact]
    public void The_fullest_payload_comes_back_and_one_more_does_not()
    {
        Hash256[] full = [.. Enumerable.Range(0, BlockPayload.MaxBatches).Select(i => Hash256.Of(BitConverter.GetBytes(i)))];
        var payload = new BlockPayload(full);
        Assert.True(payload.Encoded.Length <= BlockPayload.MaxEncodedSize);
        Assert.True(BlockPayload.TryDecode(payload.Encoded.Span, out BlockPayload? decoded));
        Assert.Equal(full, decoded.BatchHashes);
        Assert.Throws<InvariantException>(() => new BlockPayload([.. full, Bytes.Hash(1)]));
        byte[] larger = Bytes.Encoded((ref MessagePackWriter w) =>
        {
            w.WriteArrayHeader(1);
            w.Write(new byte[(BlockPayload.MaxBatches + 1) * 32]);
        });
        Assert.False(BlockPayload.TryDecode(larger, out _));
    }

    [Fact]
    public void A_batch_listed_twice_is_refused()
    {
        Assert.Throws<InvariantException>(() => new BlockPayload([Bytes.Hash(1), Bytes.Hash(2), Bytes.Hash(1)]));
        byte[] twice = [0x91, 0xc4, 64, .. Bytes.Count(1, 32), .. Bytes.Count(1, 32)];
        Assert.False(BlockPayload.TryDecode(twice, out _));
    }

    [Fact]
    public void Decoder_never_throws_and_accepts_one_encoding() => DecoderFuzz.Run(
        input => BlockPayload.TryDecode(input, out BlockPayload? payload) ? payload.Encoded.ToArray() : null,
        Bytes.Hex(Golden),
        Bytes.Hex("91c400"));
}
