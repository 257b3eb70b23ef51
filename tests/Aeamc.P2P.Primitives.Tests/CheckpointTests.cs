namespace Aeamc.P2P.Primitives.Tests;

public class CheckpointTests
{
    private const string Golden = """
        97c4200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f200703cd03e8c4202122232425262728292a2b2c2d2e2f303132
        333435363738393a3b3c3d3e3f40c4204142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60c4206162636465666768696a
        6b6c6d6e6f707172737475767778797a7b7c7d7e7f80
        """;

    private static readonly Checkpoint Sample =
        new(Bytes.Hash(1), 7, new Epoch(3), new Height(1000), Bytes.Hash(0x21), Bytes.Hash(0x41), Bytes.Hash(0x61));

    /// <summary>Computed with an independent abi.encode.</summary>
    [Fact]
    public void Signing_hash_is_the_digest_of_eight_abi_words() =>
        Assert.Equal("d43c4313af9d77fcbb446ba36d22a9c1686692fbc33b775d6e2d76ae78bb2581", Sample.SigningHash().ToString());

    [Fact]
    public void Every_field_is_signed()
    {
        Checkpoint[] others =
        [
            Sample with { NetworkId = Bytes.Hash(9) }, Sample with { ClusterId = 8 }, Sample with { Epoch = new Epoch(4) },
            Sample with { Height = new Height(1001) }, Sample with { BlockHash = Bytes.Hash(9) },
            Sample with { ChainRoot = Bytes.Hash(9) }, Sample with { StateRoot = Bytes.Hash(9) },
        ];
        Assert.Equal(others.Length + 1, others.Append(Sample).Select(c => c.SigningHash()).Distinct().Count());
    }

    [Fact]
    public void Bytes_are_frozen()
    {
        Assert.Equal(Bytes.Hex(Golden), Bytes.Encoded((ref MessagePackWriter w) => Sample.Encode(ref w)));
        Assert.Equal(Bytes.Hex(Golden), RoundTrip(Bytes.Hex(Golden)));
    }

    [Fact]
    public void Decoder_never_throws_and_accepts_one_encoding() => DecoderFuzz.Run(RoundTrip, Bytes.Hex(Golden));

    private static byte[]? RoundTrip(byte[] input)
    {
        var reader = new MessagePackReader(input);
        return Checkpoint.TryDecode(ref reader, out Checkpoint? decoded) && reader.End
            ? Bytes.Encoded((ref MessagePackWriter w) => decoded.Encode(ref w))
            : null;
    }
}
