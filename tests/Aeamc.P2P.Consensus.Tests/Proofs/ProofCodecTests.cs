using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Primitives.Tests;

namespace Aeamc.P2P.Consensus.Tests.Proofs;

/// <summary>The frozen bytes of each proof, made by an independent program.</summary>
public class ProofCodecTests
{
    private const string Inclusion = """
        930103c440c038ae3bc0bc351d1a67b5446f000f21df05e24bdfd434e905afd2c3eaf801e4c1088b9388cc9c1863bf83e8b2bbfa903c1ad39e38d650
        cb240db89c03002812
        """;

    private const string Chain = """
        930205c460c7eda88c699a6c399f95a666ddf4acc34a8fb845fa4da9765e500460257fd3d3cfeb0d5fb8a692110822b3f413bc3b6132333517f5d896
        7cca999ab4c5b4dfb2b6b2ca8df889cc435fe87db3774eeaaf6de5c78836747d435d494c082f9e80bc
        """;

    private const string Signed = """
        9397c4200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f200703cd03e8c4202122232425262728292a2b2c2d2e2f3031
        32333435363738393a3b3c3d3e3f40c4204142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60c420616263646566676869
        6a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80c44102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324
        25262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142c421030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e
        1f20212223
        """;

    private const string Receipt = """
        96ccc8c50100000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435
        363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f7071
        72737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacad
        aeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9
        eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff930103c440c038ae3bc0bc351d1a67b5446f000f21df05e24bdfd434e905afd2c3eaf801e4c1
        088b9388cc9c1863bf83e8b2bbfa903c1ad39e38d650cb240db89c03002812c5013daeaeaeae02070000000807060504030201010203040506070809
        0a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f403412e80300
        0000000000d007000000000000030000000000000009004142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465
        666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1
        a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdd
        dedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f92930205c460c7eda8
        8c699a6c399f95a666ddf4acc34a8fb845fa4da9765e500460257fd3d3cfeb0d5fb8a692110822b3f413bc3b6132333517f5d8967cca999ab4c5b4df
        b2b6b2ca8df889cc435fe87db3774eeaaf6de5c78836747d435d494c082f9e80bc9397c4200102030405060708090a0b0c0d0e0f1011121314151617
        18191a1b1c1d1e1f200703cd03e8c4202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40c4204142434445464748494a
        4b4c4d4e4f505152535455565758595a5b5c5d5e5f60c4206162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80c4410203
        0405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f
        404142c421030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223c403010203
        """;

    private const string BareReceipt = """
        96ccc8c50100000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435
        363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f7071
        72737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacad
        aeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9
        eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff930103c440c038ae3bc0bc351d1a67b5446f000f21df05e24bdfd434e905afd2c3eaf801e4c1
        088b9388cc9c1863bf83e8b2bbfa903c1ad39e38d650cb240db89c03002812c5013daeaeaeae02070000000807060504030201010203040506070809
        0a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f403412e80300
        0000000000d007000000000000030000000000000009004142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465
        666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1
        a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdd
        dedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2fc0c0
        """;

    private static readonly BatchEntry[] Entries =
        [new(1, "abc"u8.ToArray()), new(200, Bytes.Count(0, 256)), new(3, "x"u8.ToArray())];

    [Fact]
    public void Inclusion_proof_bytes_are_frozen()
    {
        InclusionProof proof = InclusionProof.Create(EntriesRoot.LeafHashes(Entries), 1);
        Assert.Equal(Bytes.Hex(Inclusion), Bytes.Encoded((ref MessagePackWriter w) => proof.Encode(ref w)));
    }

    [Fact]
    public void Chain_proof_bytes_are_frozen() => Assert.Equal(Bytes.Hex(Chain), Bytes.Encoded((ref MessagePackWriter w) => FiveBlocks().Encode(ref w)));

    [Fact]
    public void Signed_checkpoint_bytes_are_frozen() => Assert.Equal(Bytes.Hex(Signed), Bytes.Encoded((ref MessagePackWriter w) => Sample().Encode(ref w)));

    [Fact]
    public void Receipt_proof_bytes_are_frozen()
    {
        InclusionProof inclusion = InclusionProof.Create(EntriesRoot.LeafHashes(Entries), 1);
        MicroblockHeader header = Microblocks.MicroblockHeaderTests.Sample;
        var full = new ReceiptProof(Entries[1], inclusion, header, new CheckpointProof(FiveBlocks(), Sample()), new byte[] { 1, 2, 3 });
        Assert.Equal(Bytes.Hex(Receipt), full.Encode());
        Assert.Equal(Bytes.Hex(BareReceipt), (full with { Checkpoint = null, Finalization = null }).Encode());
    }

    [Fact]
    public void Inclusion_decoder_never_throws_and_accepts_one_encoding() => DecoderFuzz.Run(
        input =>
        {
            var reader = new MessagePackReader(input);
            return InclusionProof.TryDecode(ref reader, out InclusionProof? proof) && reader.End
                ? Bytes.Encoded((ref MessagePackWriter w) => proof.Encode(ref w))
                : null;
        },
        Bytes.Hex(Inclusion));

    [Fact]
    public void Chain_decoder_never_throws_and_accepts_one_encoding() => DecoderFuzz.Run(
        input =>
        {
            var reader = new MessagePackReader(input);
            return ChainProof.TryDecode(ref reader, out ChainProof? proof) && reader.End
                ? Bytes.Encoded((ref MessagePackWriter w) => proof.Encode(ref w))
                : null;
        },
        Bytes.Hex(Chain));

    [Fact]
    public void Signed_checkpoint_decoder_never_throws_and_accepts_one_encoding() => DecoderFuzz.Run(
        input =>
        {
            var reader = new MessagePackReader(input);
            return SignedCheckpoint.TryDecode(ref reader, out SignedCheckpoint? signed) && reader.End
                ? Bytes.Encoded((ref MessagePackWriter w) => signed.Encode(ref w))
                : null;
        },
        Bytes.Hex(Signed));

    [Fact]
    public void Receipt_decoder_never_throws_and_accepts_one_encoding() => DecoderFuzz.Run(
        input => ReceiptProof.TryDecode(input, out ReceiptProof? proof) ? proof.Encode() : null,
        Bytes.Hex(Receipt),
        Bytes.Hex(BareReceipt));

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void An_inclusion_path_has_at_most_16_hashes(int length, bool accepted)
    {
        var reader = new MessagePackReader(WithPath(length));
        Assert.Equal(accepted, InclusionProof.TryDecode(ref reader, out _));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_chain_path_has_at_most_64_hashes(int length, bool accepted)
    {
        var reader = new MessagePackReader(WithPath(length));
        Assert.Equal(accepted, ChainProof.TryDecode(ref reader, out _));
    }

    [Fact]
    public void A_place_outside_the_count_is_refused()
    {
        var inclusion = new MessagePackReader(Bytes.Hex("930303c400"));
        Assert.False(InclusionProof.TryDecode(ref inclusion, out _));
        var chain = new MessagePackReader(Bytes.Hex("930000c400"));
        Assert.False(ChainProof.TryDecode(ref chain, out _));
    }

    private static byte[] WithPath(int length) => Bytes.Encoded((ref MessagePackWriter w) =>
    {
        w.WriteArrayHeader(3);
        w.Write(1ul);
        w.Write(2ul);
        w.Write(new byte[32 * length]);
    });

    private static ChainProof FiveBlocks()
    {
        var nodes = new Nodes();
        var range = MerkleMountainRange.Empty;
        for (int i = 0; i < 5; i++)
        {
            range = range.Append(Bytes.Hash(i), nodes);
        }

        Assert.True(ChainProof.TryCreate(nodes, new Height(2), 5, out ChainProof? proof));
        Assert.Equal(ProofVerdict.Valid, proof.Verify(Bytes.Hash(2), range.Root));
        return proof;
    }

    private static SignedCheckpoint Sample()
    {
        var checkpoint = new Checkpoint(
            Bytes.Hash(1), 7, new Epoch(3), new Height(1000), Bytes.Hash(0x21), Bytes.Hash(0x41), Bytes.Hash(0x61));
        return new SignedCheckpoint(checkpoint, Bytes.Count(2, 65), Bytes.Count(3, 33));
    }

    private sealed class Nodes : List<MountainNode>, IMountainNodes
    {
        public bool TryGet(int level, ulong index, out Hash256 hash)
        {
            hash = this.FirstOrDefault(n => n.Level == level && n.Index == index).Hash;
            return hash != Hash256.Zero;
        }
    }
}
