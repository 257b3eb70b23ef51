using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Primitives.Tests;

namespace Aeamc.P2P.Consensus.Tests.Proofs;

public class SnapshotProofTests
{
    private const uint Cluster = 7;
    private static readonly ReceiptProofTests.FakeFinalizations Finalizations = new();
    private readonly List<MicroblockHeader> _headers = [];
    private readonly BlockPayload _payload = new([Bytes.Hash(5), Bytes.Hash(6)]);
    private MerkleMountainRange _mountains = MerkleMountainRange.Empty;

    private SnapshotProof Make()
    {
        // Heights 0 to 5; the snapshot is of 3, and 5 is finalized itself.
        var ranges = new List<MerkleMountainRange>();
        for (ulong height = 0; height <= 5; height++)
        {
            _headers.Add(Microblocks.MicroblockHeaderTests.Sample with
            {
                ClusterId = Cluster,
                Height = new Height(height),
                PreviousHash = height == 0 ? Hash256.Zero : _headers[^1].ComputeHash(),
                PayloadHash = _payload.Hash,
                StateRoot = Bytes.Hash((byte)(0x40 + height)),
                ChainRoot = _mountains.Root,
            });
            _mountains = _mountains.Append(_headers[^1].ComputeHash());
            ranges.Add(_mountains);
        }

        return new SnapshotProof(_headers[2], _headers[3], _payload, [_headers[4], _headers[5]], _headers[5].ComputeHash().ToArray(), ranges[3]);
    }

    [Fact]
    public void A_proof_is_read_again_and_holds()
    {
        SnapshotProof proof = Make();

        Assert.True(SnapshotProof.TryDecode(proof.Encode(), out SnapshotProof? read));

        Assert.Equal(proof.Encode(), read.Encode());
        Assert.Equal(ProofVerdict.Valid, read.Verify(Cluster, Finalizations));
        Assert.Equal((new Height(3), Bytes.Hash(0x44)), (read.Height, read.StateRoot));
    }

    [Fact]
    public void Each_lie_is_named()
    {
        SnapshotProof good = Make();
        MicroblockHeader after = _headers[4] with { StateRoot = Bytes.Hash(1) };

        Is(ProofVerdict.WrongNetwork, good with { Header = good.Header with { ClusterId = 8 } });
        Is(ProofVerdict.BlockNotInChain, good with { Following = [] });
        Is(ProofVerdict.BlockNotInChain, good with { Following = [_headers[5]] });
        Is(ProofVerdict.BlockNotInChain, good with { Following = [after, _headers[5]] });
        Is(ProofVerdict.BlockNotInChain, good with { Parent = _headers[1] });
        Is(ProofVerdict.BlockNotInChain, good with { Header = _headers[4], Parent = _headers[3] });
        Is(ProofVerdict.BlockNotInChain, good with { Payload = new BlockPayload([Bytes.Hash(5)]) });
        Is(ProofVerdict.BlockNotInChain, good with { Mountains = _mountains });
        Is(ProofVerdict.BlockNotInChain, good with { Mountains = Enumerable.Range(0, 4).Aggregate(MerkleMountainRange.Empty, (range, leaf) => range.Append(Bytes.Hash((byte)leaf))) });
        Is(ProofVerdict.BadFinalization, good with { Following = [_headers[4]] });
        Is(ProofVerdict.BadFinalization, good with { Following = [after], Finalization = _headers[4].ComputeHash().ToArray() });
        Is(ProofVerdict.Valid, good with { Following = [_headers[4]], Finalization = _headers[4].ComputeHash().ToArray() });

        static void Is(ProofVerdict verdict, SnapshotProof proof) => Assert.Equal(verdict, proof.Verify(Cluster, Finalizations));
    }

    [Fact]
    public void Arbitrary_bytes_are_read_or_refused_and_what_is_read_is_canonical()
    {
        byte[] good = Make().Encode();
        var random = new Random(9);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bytes = [.. good];
            bytes = bytes[..(bytes.Length - random.Next(3))];
            for (int change = random.Next(4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (SnapshotProof.TryDecode(bytes, out SnapshotProof? proof))
            {
                Assert.Equal(bytes, proof.Encode());
                proof.Verify(Cluster, Finalizations);
            }
        }
    }
}
