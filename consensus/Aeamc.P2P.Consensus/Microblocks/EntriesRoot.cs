using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Microblocks;

/// <summary>The RFC 6962 tree over a block's entries in execution order; a leaf's data is kind (1 byte) || entry bytes.</summary>
public static class EntriesRoot
{
    private const int StackLimit = 1024;

    /// <summary>The leaf hash of one entry.</summary>
    public static Hash256 LeafHash(BatchEntry entry)
    {
        ReadOnlySpan<byte> bytes = entry.Bytes.Span;
        Span<byte> leaf = bytes.Length < StackLimit ? stackalloc byte[StackLimit] : new byte[bytes.Length + 1];
        leaf[0] = entry.Kind;
        bytes.CopyTo(leaf[1..]);
        return MerkleTree.LeafHash(leaf[..(bytes.Length + 1)]);
    }

    /// <summary>The leaf hashes, for a root and for inclusion paths.</summary>
    public static Hash256[] LeafHashes(IReadOnlyList<BatchEntry> entries)
    {
        var leaves = new Hash256[entries.Count];
        var messages = new LeafMessage[leaves.Length];
        for (int i = 0; i < messages.Length; i++)
        {
            messages[i] = new LeafMessage(entries[i]);
        }

        Sha256Batch.HashAll<LeafMessage>(messages, leaves);
        return leaves;
    }

    /// <summary>The root; <see cref="MerkleTree.EmptyRoot"/> for a block without entries.</summary>
    public static Hash256 Of(IReadOnlyList<BatchEntry> entries) => MerkleTree.RootInPlace(LeafHashes(entries));

    /// <summary>The same bytes as <see cref="LeafHash"/>: leaf prefix, kind, entry.</summary>
    private readonly struct LeafMessage(BatchEntry entry) : ISha256Message
    {
        public int Length => 2 + entry.Bytes.Length;

        public void CopyTo(Span<byte> destination)
        {
            destination[0] = MerkleTree.LeafPrefix;
            destination[1] = entry.Kind;
            entry.Bytes.Span.CopyTo(destination[2..]);
        }
    }
}
