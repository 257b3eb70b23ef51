namespace Aeamc.P2P.Primitives;

/// <summary>
/// The Merkle tree of RFC 6962, section 2.1, with SHA-256: leaves and nodes are hashed under different prefixes, so no inner node can pass for
/// a leaf, and an odd node is carried up unchanged instead of being paired with itself.
/// </summary>
public static class MerkleTree
{
    /// <summary>The longest inclusion path of a tree with at most 2^64 - 1 leaves.</summary>
    public const int MaxPathLength = 64;

    /// <summary>The first byte of every leaf's hashed bytes.</summary>
    public const byte LeafPrefix = 0x00;

    private const byte NodePrefix = 0x01;
    private const int StackLimit = 1024;

    /// <summary>The root of a tree without leaves: SHA-256 of nothing (RFC 6962, 2.1).</summary>
    public static Hash256 EmptyRoot { get; } = Hash256.Of([]);

    /// <summary>SHA-256(0x00 || data).</summary>
    public static Hash256 LeafHash(ReadOnlySpan<byte> data)
    {
        // One contiguous buffer: the one-shot digest is several times faster than an incremental one.
        Span<byte> buffer = data.Length < StackLimit ? stackalloc byte[StackLimit] : new byte[data.Length + 1];
        buffer[0] = LeafPrefix;
        data.CopyTo(buffer[1..]);
        return Hash256.Of(buffer[..(data.Length + 1)]);
    }

    /// <summary>SHA-256(0x00 || hash), for trees whose leaves are hashes themselves.</summary>
    public static Hash256 LeafHash(Hash256 hash)
    {
        Span<byte> buffer = stackalloc byte[1 + Hash256.Size];
        buffer[0] = LeafPrefix;
        hash.CopyTo(buffer[1..]);
        return Hash256.Of(buffer);
    }

    /// <summary>SHA-256(0x01 || left || right).</summary>
    public static Hash256 NodeHash(Hash256 left, Hash256 right)
    {
        Span<byte> buffer = stackalloc byte[1 + 2 * Hash256.Size];
        buffer[0] = NodePrefix;
        left.CopyTo(buffer[1..]);
        right.CopyTo(buffer[(1 + Hash256.Size)..]);
        return Hash256.Of(buffer);
    }

    /// <summary>The root over byte strings, each hashed as a leaf.</summary>
    public static Hash256 Root(IReadOnlyList<ReadOnlyMemory<byte>> leaves)
    {
        var hashes = new Hash256[leaves.Count];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = LeafHash(leaves[i].Span);
        }

        return RootInPlace(hashes);
    }

    /// <summary>The root over leaf hashes (values of <see cref="LeafHash(ReadOnlySpan{byte})"/>).</summary>
    public static Hash256 Root(ReadOnlySpan<Hash256> leafHashes) => RootInPlace(leafHashes.ToArray());

    /// <summary>The root over leaf hashes, using <paramref name="leafHashes"/> as scratch space: its content is lost.</summary>
    public static Hash256 RootInPlace(Span<Hash256> leafHashes)
    {
        if (leafHashes.IsEmpty)
        {
            return EmptyRoot;
        }

        Span<Hash256> level = leafHashes;
        while (level.Length > 1)
        {
            level = level[..Ascend(level)];
        }

        return level[0];
    }

    /// <summary>The siblings from the leaf at <paramref name="index"/> up to the root, lowest first (RFC 6962, 2.1.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static Hash256[] Path(ReadOnlySpan<Hash256> leafHashes, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leafHashes.Length);
        var path = new List<Hash256>();
        Span<Hash256> level = leafHashes.ToArray();
        while (level.Length > 1)
        {
            int sibling = index ^ 1;
            if (sibling < level.Length)
            {
                path.Add(level[sibling]);
            }

            level = level[..Ascend(level)];
            index >>= 1;
        }

        return [.. path];
    }

    /// <summary>
    /// Recomputes the root from a leaf hash and its path. False when the path has the wrong length for this place in a tree of this size, so a
    /// verifier never does more work than the tree is deep. A root alone does not fix the size, so <paramref name="count"/> must come from what is
    /// trusted: the header's receipt count, or the checkpoint's height.
    /// </summary>
    public static bool TryRootFromPath(Hash256 leafHash, ulong index, ulong count, ReadOnlySpan<Hash256> path, out Hash256 root)
    {
        root = leafHash;
        if (index >= count)
        {
            return false;
        }

        ulong last = count - 1;
        int used = 0;
        while (last != 0)
        {
            // A last node with an even index has no sibling on this level and is carried up.
            bool carried = (index & 1) == 0 && index == last;
            if (!carried)
            {
                if (used == path.Length)
                {
                    return false;
                }

                root = (index & 1) == 0 ? NodeHash(root, path[used]) : NodeHash(path[used], root);
                used++;
            }

            index >>= 1;
            last >>= 1;
        }

        return used == path.Length;
    }

    /// <summary>Hashes one level into the start of the same span and gives the next level's length.</summary>
    private static int Ascend(Span<Hash256> level)
    {
        int pairs = level.Length / 2;
        Hash256 last = level[^1];
        Sha256Batch.HashPairs(NodePrefix, level[..(2 * pairs)], level[..pairs]);
        if ((level.Length & 1) != 0)
        {
            level[pairs] = last;
            return pairs + 1;
        }

        return pairs;
    }
}
