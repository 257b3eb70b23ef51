using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Primitives.Tests;

namespace Aeamc.P2P.Consensus.Tests.Microblocks;

public class MicroblockHeaderTests
{
    internal const string Golden = """
        aeaeaeae020700000008070605040302010102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b
        2c2d2e2f303132333435363738393a3b3c3d3e3f403412e803000000000000d007000000000000030000000000000009004142434445464748494a4b
        4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081828384858687
        88898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3
        c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0101112131415161718191a1b1c1d1e
        1f202122232425262728292a2b2c2d2e2f
        """;

    internal static MicroblockHeader Sample => new()
    {
        ClusterId = 7,
        Timestamp = new Timestamp(0x0102030405060708),
        PayloadHash = Bytes.Hash(1),
        PreviousHash = Bytes.Hash(0x21),
        ReceiptCount = 0x1234,
        Height = new Height(1000),
        View = new View(2000),
        Epoch = new Epoch(3),
        Proposer = new NodeIndex(9),
        EntriesRoot = Bytes.Hash(0x41),
        StateRoot = Bytes.Hash(0x61),
        ChainRoot = Bytes.Hash(0x81),
        Beacon = new BeaconProof(Bytes.Count(0xa1, 80)),
        ParametersHash = Bytes.Hash(0x10),
    };

    [Fact]
    public void Bytes_are_frozen()
    {
        Assert.Equal(MicroblockHeader.Size, Bytes.Hex(Golden).Length);
        Assert.Equal(Bytes.Hex(Golden), Sample.ToArray());
        Assert.Equal("3adc20a5abf559fd9b89eb7469a00865cd93650e010cf4e8707b91c6a37d9c1d", Sample.ComputeHash().ToString());
        Assert.True(MicroblockHeader.TryDecode(Bytes.Hex(Golden), out MicroblockHeader? decoded));
        Assert.Equal(Sample, decoded);
    }

    /// <summary>Read by hand, as a Phase 1 reader would.</summary>
    [Fact]
    public void The_first_83_bytes_are_those_of_phase_1()
    {
        using var reader = new BinaryReader(new MemoryStream(Sample.ToArray()));
        Assert.Equal(0xAEAEAEAEu, reader.ReadUInt32());
        Assert.Equal(2, reader.ReadByte());
        Assert.Equal(7u, reader.ReadUInt32());
        Assert.Equal(0x0102030405060708ul, reader.ReadUInt64());
        Assert.Equal(Bytes.Count(1, 32), reader.ReadBytes(32));
        Assert.Equal(Bytes.Count(0x21, 32), reader.ReadBytes(32));
        Assert.Equal(0x1234, reader.ReadUInt16());
        Assert.Equal(MicroblockHeader.Version1Size, reader.BaseStream.Position);
    }

    [Fact]
    public void Every_byte_is_hashed_and_read()
    {
        byte[] bytes = Sample.ToArray();
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] altered = [.. bytes];
            altered[i] ^= 1;
            bool accepted = MicroblockHeader.TryDecode(altered, out MicroblockHeader? other);
            Assert.Equal(i >= 5, accepted);
            if (accepted)
            {
                Assert.NotEqual(Sample, other);
                Assert.NotEqual(Sample.ComputeHash(), other!.ComputeHash());
                Assert.Equal(altered, other.ToArray());
            }
        }
    }

    [Fact]
    public void Other_lengths_are_refused()
    {
        byte[] bytes = Sample.ToArray();
        Assert.False(MicroblockHeader.TryDecode([], out _));
        Assert.False(MicroblockHeader.TryDecode(bytes.AsSpan(0, MicroblockHeader.Version1Size), out _));
        Assert.False(MicroblockHeader.TryDecode(bytes.AsSpan(1), out _));
        Assert.False(MicroblockHeader.TryDecode([.. bytes, 0], out _));
    }

    [Fact]
    public void Decoder_never_throws_and_accepts_one_encoding() =>
        DecoderFuzz.Run(input => MicroblockHeader.TryDecode(input, out MicroblockHeader? header) ? header.ToArray() : null, Bytes.Hex(Golden));

    [Fact]
    public void Beacon_proofs_keep_all_their_bytes()
    {
        var proof = new BeaconProof(Bytes.Count(5, 80));
        Assert.Equal(Bytes.Count(5, 80), proof.ToArray());
        Assert.Equal(new byte[80], BeaconProof.None.ToArray());
        Assert.Throws<ArgumentException>(() => new BeaconProof(new byte[79]));
    }

    [Fact]
    public void Beacon_alpha_is_frozen() => Assert.Equal(
        Bytes.Hex("""
        6165616d632f76322f626561636f6e2f0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20000000000000000300000000
        000007d0
        """),
        BeaconAlpha.Of(Bytes.Hash(1), new Epoch(3), new View(2000)));
}
