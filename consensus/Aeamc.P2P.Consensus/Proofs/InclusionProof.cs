using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Proofs;

/// <summary>That an entry is in a block: its place and its path to the header's entries root.</summary>
/// <remarks>MessagePack: [index, count, bin of the path's hashes, lowest first].</remarks>
public sealed class InclusionProof
{
    /// <summary>The longest path in a block of 65,535 entries.</summary>
    public const int MaxPathLength = 16;

    private readonly Hash256[] _path;

    private InclusionProof(ushort index, ushort count, Hash256[] path)
    {
        Index = index;
        Count = count;
        _path = path;
    }

    /// <summary>The entry's place in the block, from 0.</summary>
    public ushort Index { get; }

    /// <summary>How many entries the block has.</summary>
    public ushort Count { get; }

    /// <summary>The siblings, lowest first.</summary>
    public ReadOnlySpan<Hash256> Path => _path;

    /// <summary>The proof for one of a block's entries, from the leaf hashes of all of them (<see cref="EntriesRoot.LeafHashes"/>).</summary>
    public static InclusionProof Create(ReadOnlySpan<Hash256> leafHashes, int index)
    {
        Invariant.Check(leafHashes.Length <= ushort.MaxValue);
        return new InclusionProof((ushort)index, (ushort)leafHashes.Length, MerkleTree.Path(leafHashes, index));
    }

    /// <summary>Checks the entry against a header, which the caller has reason to trust.</summary>
    public ProofVerdict Verify(BatchEntry entry, MicroblockHeader header)
    {
        if (Count != header.ReceiptCount)
        {
            return ProofVerdict.EntryCountMismatch;
        }

        return MerkleTree.TryRootFromPath(EntriesRoot.LeafHash(entry), Index, Count, _path, out Hash256 root) && root == header.EntriesRoot
            ? ProofVerdict.Valid
            : ProofVerdict.EntryNotInBlock;
    }

    public void Encode(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write((ulong)Index);
        writer.Write((ulong)Count);
        PathCodec.Write(ref writer, _path);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false on anything else.</summary>
    public static bool TryDecode(ref MessagePackReader reader, [NotNullWhen(true)] out InclusionProof? proof)
    {
        proof = null;
        if (!reader.TryReadArrayHeader(3) || !reader.TryReadUInt16(out ushort index) || !reader.TryReadUInt16(out ushort count)
            || index >= count || !PathCodec.TryRead(ref reader, MaxPathLength, out Hash256[] path))
        {
            return false;
        }

        proof = new InclusionProof(index, count, path);
        return true;
    }
}
