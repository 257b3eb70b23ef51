using System.Numerics;

namespace Aeamc.P2P.Primitives;

/// <summary>
/// An append-only Merkle tree that keeps only its peaks: one root per complete subtree, largest and leftmost first, one for each set bit of
/// <see cref="Count"/>. Immutable; appending gives a new one and costs O(log n) memory.
/// </summary>
/// <remarks>
/// Bagging rule: from the right, <c>root = NodeHash(peak[i], root of the peaks after i)</c>, starting at the last peak. This is exactly the tree of
/// RFC 6962 over the same leaves, so <see cref="Root"/> equals <see cref="MerkleTree.Root(ReadOnlySpan{Hash256})"/> over the leaf hashes, and
/// <see cref="MerkleTree.TryRootFromPath"/> verifies the proofs of both.
/// </remarks>
public sealed class MerkleMountainRange
{
    /// <summary>More peaks than any range of at most 2^64 - 1 leaves has.</summary>
    public const int MaxPeaks = 64;

    private readonly Hash256[] _peaks;

    private MerkleMountainRange(ulong count, Hash256[] peaks)
    {
        Count = count;
        _peaks = peaks;
        Root = Bag(peaks);
    }

    /// <summary>The range without leaves; its root is <see cref="MerkleTree.EmptyRoot"/>.</summary>
    public static MerkleMountainRange Empty { get; } = new(0, []);

    /// <summary>How many leaves were appended.</summary>
    public ulong Count { get; }

    /// <summary>The root over all leaves.</summary>
    public Hash256 Root { get; }

    /// <summary>The peaks, leftmost and largest first.</summary>
    public ReadOnlySpan<Hash256> Peaks => _peaks;

    /// <summary>This range and one more leaf. The leaf is hashed as <see cref="MerkleTree.LeafHash(Hash256)"/>.</summary>
    public MerkleMountainRange Append(Hash256 leaf) => Append(leaf, null);

    /// <summary>
    /// This range and one more leaf. Every subtree that became complete, the leaf first, is added to <paramref name="completed"/>: keeping them all is
    /// what <see cref="TryProve"/> needs.
    /// </summary>
    public MerkleMountainRange Append(Hash256 leaf, ICollection<MountainNode>? completed)
    {
        int merges = BitOperations.TrailingZeroCount(~Count);
        Hash256 node = MerkleTree.LeafHash(leaf);
        completed?.Add(new MountainNode(0, Count, node));
        for (int level = 1; level <= merges; level++)
        {
            node = MerkleTree.NodeHash(_peaks[^level], node);
            completed?.Add(new MountainNode(level, Count >> level, node));
        }

        return new MerkleMountainRange(checked(Count + 1), [.. _peaks.AsSpan(0, _peaks.Length - merges), node]);
    }

    /// <summary>
    /// The inclusion path of leaf <paramref name="index"/> in the range as it was with <paramref name="count"/> leaves, lowest sibling first; verified by
    /// <see cref="MerkleTree.TryRootFromPath"/>. False when there is no such leaf or a needed subtree is not kept.
    /// </summary>
    public static bool TryProve(IMountainNodes nodes, ulong index, ulong count, out Hash256[] path)
    {
        path = [];
        if (index >= count)
        {
            return false;
        }

        var siblings = new List<Hash256>();
        ulong last = count - 1;
        for (int level = 0; last != 0; level++, index >>= 1, last >>= 1)
        {
            ulong sibling = index ^ 1;
            if (sibling > last)
            {
                continue;
            }

            if (!TrySubtree(nodes, level, sibling, count, out Hash256 hash))
            {
                return false;
            }

            siblings.Add(hash);
        }

        path = [.. siblings];
        return true;
    }

    /// <summary>The range as it was with <paramref name="count"/> leaves, from its kept subtrees. False when one is not kept.</summary>
    public static bool TryLoad(IMountainNodes nodes, ulong count, out MerkleMountainRange range)
    {
        range = Empty;
        var peaks = new List<Hash256>();
        for (int level = 63; level >= 0; level--)
        {
            // The set bits of the count, largest first, are the peaks; each begins where the larger ones end.
            if ((count >> level & 1) != 0)
            {
                if (!nodes.TryGet(level, (count >> level) - 1, out Hash256 peak))
                {
                    return false;
                }

                peaks.Add(peak);
            }
        }

        range = new MerkleMountainRange(count, [.. peaks]);
        return true;
    }

    /// <summary>MessagePack: [count, bin of all peaks].</summary>
    public void Encode(ref MessagePackWriter writer)
    {
        Span<byte> bytes = stackalloc byte[MaxPeaks * Hash256.Size];
        HashList.Write(_peaks, bytes);
        writer.WriteArrayHeader(2);
        writer.Write(Count);
        writer.Write(bytes[..(_peaks.Length * Hash256.Size)]);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false when it is not canonical or the number of peaks does not fit the count.</summary>
    public static bool TryDecode(ref MessagePackReader reader, out MerkleMountainRange range)
    {
        range = Empty;
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt64(out ulong count)
            || !reader.TryReadExactly(BitOperations.PopCount(count) * Hash256.Size, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        range = new MerkleMountainRange(count, HashList.Read(bytes));
        return true;
    }

    /// <summary>The root of the subtree at this place in a tree of <paramref name="count"/> leaves; incomplete ones are bagged from complete ones.</summary>
    private static bool TrySubtree(IMountainNodes nodes, int level, ulong index, ulong count, out Hash256 hash)
    {
        ulong first = index << level;
        ulong leaves = count - first;
        if (level < 64 && leaves >= 1ul << level)
        {
            return nodes.TryGet(level, index, out hash);
        }

        // Only the last subtree of a level can be incomplete: its peaks are the set bits of its leaf count, the lowest bit rightmost.
        hash = default;
        bool any = false;
        for (ulong rest = leaves; rest != 0; rest &= rest - 1)
        {
            int bit = BitOperations.TrailingZeroCount(rest);
            ulong start = first + (leaves >> bit >> 1 << bit << 1);
            if (!nodes.TryGet(bit, start >> bit, out Hash256 peak))
            {
                return false;
            }

            hash = any ? MerkleTree.NodeHash(peak, hash) : peak;
            any = true;
        }

        return any;
    }

    private static Hash256 Bag(ReadOnlySpan<Hash256> peaks)
    {
        if (peaks.IsEmpty)
        {
            return MerkleTree.EmptyRoot;
        }

        Hash256 root = peaks[^1];
        for (int i = peaks.Length - 2; i >= 0; i--)
        {
            root = MerkleTree.NodeHash(peaks[i], root);
        }

        return root;
    }
}
