using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Primitives.Tests;

namespace Aeamc.P2P.Consensus.Tests.Proofs;

public class ReceiptProofTests
{
    private static readonly ChainFixture Chain = new(blocks: 40, entries: 11);

    [Fact]
    public void Every_entry_of_every_block_is_proven_under_every_later_checkpoint()
    {
        foreach ((int height, int checkpoint) in new[] { (1, 1), (1, 39), (7, 8), (31, 32), (32, 39), (39, 39) })
        {
            for (int entry = 0; entry < 11; entry++)
            {
                ReceiptProof proof = Chain.Prove(height, entry, checkpoint);
                Assert.True(ReceiptProof.TryDecode(proof.Encode(), out ReceiptProof? received));
                Assert.Equal(ProofVerdict.Valid, received.VerifyCheckpointed(Chain.Trust, new FakeSignatures()));
                Assert.Equal(ProofVerdict.Valid, received.VerifyFinalized(Chain.Trust, new FakeFinalizations()));
            }
        }
    }

    [Fact]
    public void Each_lie_is_named()
    {
        ReceiptProof good = Chain.Prove(7, 3, 20);
        ReceiptProof other = Chain.Prove(8, 4, 21);
        CheckpointProof up = good.Checkpoint!;
        var changed = new MicroblockHeader[]
        {
            good.Header with { StateRoot = Bytes.Hash(1) }, good.Header with { ClusterId = 8 }, good.Header with { ReceiptCount = 12 },
        };

        Is(ProofVerdict.EntryNotInBlock, good with { Entry = other.Entry });
        Is(ProofVerdict.EntryNotInBlock, good with { Entry = new BatchEntry(9, good.Entry.Bytes) });
        Is(ProofVerdict.EntryNotInBlock, good with { Inclusion = other.Inclusion });
        Is(ProofVerdict.BlockNotInChain, good with { Header = changed[0] });
        Is(ProofVerdict.WrongNetwork, good with { Header = changed[1] });
        Is(ProofVerdict.EntryCountMismatch, good with { Header = changed[2] });
        Is(ProofVerdict.CheckpointMissing, good with { Checkpoint = null });
        Is(ProofVerdict.BlockNotInChain, good with { Checkpoint = up with { Chain = other.Checkpoint!.Chain } });
        Is(ProofVerdict.BlockNotInChain, good with { Checkpoint = up with { Signed = Chain.Sign(21) } });
        Is(ProofVerdict.CheckpointTooOld, good with { Checkpoint = up with { Signed = Chain.Sign(6) } });
        Is(ProofVerdict.UntrustedGroupKey, good, Chain.Trust with { GroupKey = new byte[33] });
        Is(ProofVerdict.WrongNetwork, good, Chain.Trust with { NetworkId = Bytes.Hash(1) });
        Is(ProofVerdict.WrongNetwork, good, Chain.Trust with { ClusterId = 8 });
        var forged = new SignedCheckpoint(up.Signed.Checkpoint, new byte[65], up.Signed.GroupKey);
        Is(ProofVerdict.BadGroupSignature, good with { Checkpoint = up with { Signed = forged } });

        // A checkpoint is also checked alone, where no header says which cluster it is of.
        Assert.Equal(ProofVerdict.WrongNetwork, up.Signed.Verify(Chain.Trust with { ClusterId = 8 }, new FakeSignatures()));
        Assert.Equal(ProofVerdict.Valid, up.Signed.Verify(Chain.Trust, new FakeSignatures()));

        Assert.Equal(ProofVerdict.FinalizationMissing, (good with { Finalization = null }).VerifyFinalized(Chain.Trust, new FakeFinalizations()));
        Assert.Equal(
            ProofVerdict.BadFinalization,
            (good with { Finalization = other.Finalization }).VerifyFinalized(Chain.Trust, new FakeFinalizations()));
        Assert.Equal(ProofVerdict.EntryNotInBlock, (good with { Entry = other.Entry }).VerifyFinalized(Chain.Trust, new FakeFinalizations()));

        static void Is(ProofVerdict expected, ReceiptProof proof, TrustAnchor? trust = null) =>
            Assert.Equal(expected, proof.VerifyCheckpointed(trust ?? Chain.Trust, new FakeSignatures()));
    }

    [Fact]
    public void No_changed_bit_survives()
    {
        byte[] bytes = Chain.Prove(7, 3, 20).Encode();
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] altered = [.. bytes];
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            if (ReceiptProof.TryDecode(altered, out ReceiptProof? proof))
            {
                bool valid = proof.VerifyCheckpointed(Chain.Trust, new FakeSignatures()) == ProofVerdict.Valid
                    && proof.VerifyFinalized(Chain.Trust, new FakeFinalizations()) == ProofVerdict.Valid;
                Assert.False(valid, $"bit {bit}");
            }
        }
    }

    [Fact]
    public void The_way_to_the_header_of_the_fullest_block_stays_under_two_kilobytes()
    {
        var entry = new BatchEntry(1, new byte[400]);
        Hash256[] leaves = new Hash256[ushort.MaxValue];
        leaves[12345] = EntriesRoot.LeafHash(entry);
        MicroblockHeader header = Chain.Header(1) with { ReceiptCount = ushort.MaxValue, EntriesRoot = MerkleTree.Root(leaves) };
        var proof = new ReceiptProof(entry, InclusionProof.Create(leaves, 12345), header, null, null);
        Assert.Equal(ProofVerdict.Valid, proof.Inclusion.Verify(entry, header));
        Assert.InRange(proof.Encode().Length, 1000, 2047);
    }

    [Fact]
    public void Oversized_parts_are_refused()
    {
        ReceiptProof good = Chain.Prove(7, 3, 20);
        Assert.False(ReceiptProof.TryDecode((good with { Entry = new BatchEntry(1, new byte[BatchEntry.MaxSize + 1]) }).Encode(), out _));
        Assert.True(ReceiptProof.TryDecode((good with { Entry = new BatchEntry(1, new byte[BatchEntry.MaxSize]) }).Encode(), out _));
        Assert.False(ReceiptProof.TryDecode((good with { Entry = new BatchEntry(1, default) }).Encode(), out _));
        Assert.False(ReceiptProof.TryDecode((good with { Finalization = new byte[ReceiptProof.MaxFinalizationSize + 1] }).Encode(), out _));
        Assert.True(ReceiptProof.TryDecode((good with { Finalization = new byte[ReceiptProof.MaxFinalizationSize] }).Encode(), out _));
        Assert.False(ReceiptProof.TryDecode((good with { Finalization = Array.Empty<byte>() }).Encode(), out _));
        Assert.False(ReceiptProof.TryDecode(new byte[ReceiptProof.MaxEncodedSize + 1], out _));
    }

    [Fact]
    public void A_chain_proof_needs_the_nodes_and_a_block_below_the_count()
    {
        Assert.False(ChainProof.TryCreate(Chain.Nodes, new Height(40), 40, out _));
        Assert.False(ChainProof.TryCreate(Chain.Nodes, new Height(3), 64, out _));
        Assert.True(ChainProof.TryCreate(Chain.Nodes, new Height(39), 40, out ChainProof? proof));
        Assert.Equal(ProofVerdict.BlockNotInChain, proof.Verify(Bytes.Hash(1), Chain.Sign(39).Checkpoint));
    }

    /// <summary>A stand-in scheme: the signature is a digest of key and message.</summary>
    internal sealed class FakeSignatures : ICheckpointSignatureVerifier
    {
        public static byte[] Sign(ReadOnlySpan<byte> groupKey, Hash256 message) =>
            [.. new byte[33], .. Hash256.Of([.. groupKey, .. message.ToArray()]).ToArray()];

        public bool Verify(ReadOnlySpan<byte> groupKey, Hash256 message, ReadOnlySpan<byte> signature) =>
            signature.SequenceEqual(Sign(groupKey, message));
    }

    /// <summary>A stand-in scheme: the certificate is the block hash.</summary>
    internal sealed class FakeFinalizations : IFinalizationVerifier
    {
        public bool Verify(MicroblockHeader header, ReadOnlySpan<byte> certificate) => certificate.SequenceEqual(header.ComputeHash().ToArray());
    }

    /// <summary>A small chain with real roots.</summary>
    internal sealed class ChainFixture : IMountainNodes
    {
        private readonly List<MountainNode> _nodes = [];
        private readonly List<MicroblockHeader> _headers = [];
        private readonly List<BatchEntry[]> _entries = [];
        private readonly List<Hash256> _chainRoots = [];

        public ChainFixture(int blocks, int entries)
        {
            var range = MerkleMountainRange.Empty;
            for (int height = 0; height < blocks; height++)
            {
                BatchEntry[] list = [.. Enumerable.Range(0, entries).Select(i => new BatchEntry(1, Bytes.Utf8($"entry {i} of block {height}")))];
                MicroblockHeader header = Microblocks.MicroblockHeaderTests.Sample with
                {
                    Height = new Height((ulong)height),
                    PreviousHash = height == 0 ? Hash256.Zero : _headers[^1].ComputeHash(),
                    ReceiptCount = (ushort)entries,
                    EntriesRoot = EntriesRoot.Of(list),
                    ChainRoot = range.Root,
                };
                range = range.Append(header.ComputeHash(), _nodes);
                _headers.Add(header);
                _entries.Add(list);
                _chainRoots.Add(range.Root);
            }
        }

        public TrustAnchor Trust { get; } = new(Bytes.Hash(0x33), 7, Bytes.Count(2, 33));

        public IMountainNodes Nodes => this;

        public MicroblockHeader Header(int height) => _headers[height];

        public SignedCheckpoint Sign(int height)
        {
            var checkpoint = new Checkpoint(
                Trust.NetworkId, 7, new Epoch(3), new Height((ulong)height), _headers[height].ComputeHash(), _chainRoots[height], Bytes.Hash(0x61));
            return new SignedCheckpoint(checkpoint, FakeSignatures.Sign(Trust.GroupKey.Span, checkpoint.SigningHash()), Trust.GroupKey.Span);
        }

        public ReceiptProof Prove(int height, int entry, int checkpoint)
        {
            Assert.True(ChainProof.TryCreate(this, new Height((ulong)height), (ulong)checkpoint + 1, out ChainProof? chain));
            return new ReceiptProof(
                _entries[height][entry],
                InclusionProof.Create(EntriesRoot.LeafHashes(_entries[height]), entry),
                _headers[height],
                new CheckpointProof(chain, Sign(checkpoint)),
                _headers[height].ComputeHash().ToArray());
        }

        public bool TryGet(int level, ulong index, out Hash256 hash)
        {
            hash = _nodes.FirstOrDefault(n => n.Level == level && n.Index == index).Hash;
            return hash != Hash256.Zero;
        }
    }
}
