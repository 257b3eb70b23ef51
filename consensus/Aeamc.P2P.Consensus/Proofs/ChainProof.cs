using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Proofs;

/// <summary>That a block is in the chain under a chain root: leaf i of the mountain range is the block at height i, genesis being leaf 0.</summary>
/// <remarks>MessagePack: [height, count, bin of the path's hashes, lowest first].</remarks>
public sealed class ChainProof
{
    private readonly Hash256[] _path;

    private ChainProof(Height height, ulong count, Hash256[] path)
    {
        Height = height;
        Count = count;
        _path = path;
    }

    /// <summary>The block's height.</summary>
    public Height Height { get; }

    /// <summary>How many blocks the chain root covers: the checkpoint's height plus one.</summary>
    public ulong Count { get; }

    /// <summary>The siblings, lowest first.</summary>
    public ReadOnlySpan<Hash256> Path => _path;

    /// <summary>The proof for the block at <paramref name="height"/> under the root of the first <paramref name="count"/> blocks; false when nodes are missing.</summary>
    public static bool TryCreate(IMountainNodes nodes, Height height, ulong count, [NotNullWhen(true)] out ChainProof? proof)
    {
        proof = MerkleMountainRange.TryProve(nodes, height.Value, count, out Hash256[] path) ? new ChainProof(height, count, path) : null;
        return proof is not null;
    }

    /// <summary>Checks a block hash against a chain root, which the caller has reason to trust.</summary>
    public ProofVerdict Verify(Hash256 blockHash, Hash256 chainRoot) =>
        MerkleTree.TryRootFromPath(MerkleTree.LeafHash(blockHash), Height.Value, Count, _path, out Hash256 root) && root == chainRoot
            ? ProofVerdict.Valid
            : ProofVerdict.BlockNotInChain;

    /// <summary>Checks a block hash against a checkpoint, which the caller has reason to trust.</summary>
    public ProofVerdict Verify(Hash256 blockHash, Checkpoint checkpoint)
    {
        if (checkpoint.Height < Height)
        {
            return ProofVerdict.CheckpointTooOld;
        }

        // Count is one more than the checkpoint's height; written so that the largest height cannot overflow.
        return Count - 1 == checkpoint.Height.Value ? Verify(blockHash, checkpoint.ChainRoot) : ProofVerdict.BlockNotInChain;
    }

    public void Encode(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Height.Value);
        writer.Write(Count);
        PathCodec.Write(ref writer, _path);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false on anything else.</summary>
    public static bool TryDecode(ref MessagePackReader reader, [NotNullWhen(true)] out ChainProof? proof)
    {
        proof = null;
        if (!reader.TryReadArrayHeader(3) || !reader.TryReadUInt64(out ulong height) || !reader.TryReadUInt64(out ulong count)
            || height >= count || !PathCodec.TryRead(ref reader, MerkleTree.MaxPathLength, out Hash256[] path))
        {
            return false;
        }

        proof = new ChainProof(new Height(height), count, path);
        return true;
    }
}
