namespace Aeamc.P2P.Primitives;

/// <summary>One batch of changes on its way down a <see cref="StateTree"/>: sorted by path, split at each branch, joined and hashed on the way up.</summary>
internal sealed class StateUpdate
{
    private readonly Change[] _changes;

    // New branches by depth, hashed together once all of them are known: a level shares its vector instructions.
    private readonly List<List<StateBranch>> _unhashed = [];

    public StateUpdate(ReadOnlySpan<StateChange> changes)
    {
        _changes = MakeLeaves(changes);
        Array.Sort(_changes, static (a, b) => a.Path.CompareTo(b.Path));
        for (int i = 1; i < _changes.Length; i++)
        {
            Invariant.Check(_changes[i - 1].Path != _changes[i].Path);
        }
    }

    /// <summary>Keys added less keys removed.</summary>
    public int Added { get; private set; }

    /// <summary>Applies the changes below a node; all paths share the bits above its depth.</summary>
    public StateNode? Run(StateNode? root, int depth = 0)
    {
        StateNode? updated = Descend(root, _changes, depth);
        for (int level = _unhashed.Count - 1; level >= 0; level--)
        {
            HashLevel(_unhashed[level]);
        }

        return updated;
    }

    private StateNode? Descend(StateNode? node, ReadOnlySpan<Change> changes, int depth)
    {
        if (changes.IsEmpty)
        {
            return node;
        }

        switch (node)
        {
            case null:
                return Grow(changes, depth);
            case StateLeaf leaf:
                return Displace(leaf, changes, depth);
            case StateBranch branch:
                int split = Split(changes, depth);
                StateNode? left = Descend(branch.Left, changes[..split], depth + 1);
                StateNode? right = Descend(branch.Right, changes[split..], depth + 1);
                return ReferenceEquals(left, branch.Left) && ReferenceEquals(right, branch.Right) ? node : Join(left, right, depth);
            default:
                throw Invariant.Fail("unknown state node");
        }
    }

    /// <summary>Changes that land on a leaf: they replace it, or it goes down with them.</summary>
    private StateNode? Displace(StateLeaf leaf, ReadOnlySpan<Change> changes, int depth)
    {
        // The leaf keeps no path, and comparing keys saves a digest in the most frequent case, a plain overwrite.
        bool replaced = false;
        foreach (Change change in changes)
        {
            replaced |= change.Key.AsSpan().SequenceEqual(leaf.Key);
        }

        if (replaced && changes.Length == 1 && changes[0].Leaf?.Hash == leaf.Hash)
        {
            // Written with the value it had: keep the node, so that an unchanged tree stays the same object.
            return leaf;
        }

        // Grow counts every leaf it places, this one or its replacement included.
        Added--;
        if (replaced)
        {
            return Grow(changes, depth);
        }

        Hash256 path = Hash256.Of(leaf.Key);
        int place = 0;
        while (place < changes.Length && changes[place].Path < path)
        {
            place++;
        }

        Change[] all = [.. changes[..place], new Change(path, leaf.Key, leaf), .. changes[place..]];
        return Grow(all, depth);
    }

    /// <summary>The subtree of these changes alone; deletions of absent keys vanish.</summary>
    private StateNode? Grow(ReadOnlySpan<Change> changes, int depth)
    {
        if (changes.Length <= 1)
        {
            StateLeaf? leaf = changes.IsEmpty ? null : changes[0].Leaf;
            Added += leaf is null ? 0 : 1;
            return leaf;
        }

        int split = Split(changes, depth);
        return Join(Grow(changes[..split], depth + 1), Grow(changes[split..], depth + 1), depth);
    }

    private StateNode? Join(StateNode? left, StateNode? right, int depth)
    {
        // A single leaf rises to the highest place where it is alone.
        if (left is null && right is not StateBranch)
        {
            return right;
        }

        if (right is null && left is not StateBranch)
        {
            return left;
        }

        while (_unhashed.Count <= depth)
        {
            _unhashed.Add([]);
        }

        var branch = new StateBranch(left, right);
        _unhashed[depth].Add(branch);
        return branch;
    }

    private static void HashLevel(List<StateBranch> branches)
    {
        var children = new Hash256[2 * branches.Count];
        for (int i = 0; i < branches.Count; i++)
        {
            children[2 * i] = branches[i].Left?.Hash ?? Hash256.Zero;
            children[2 * i + 1] = branches[i].Right?.Hash ?? Hash256.Zero;
        }

        Span<Hash256> hashes = children.AsSpan(0, branches.Count);
        Sha256Batch.HashPairs(StateHash.BranchPrefix, children, hashes);
        for (int i = 0; i < branches.Count; i++)
        {
            branches[i].Hash = hashes[i];
        }
    }

    /// <summary>How many of the sorted changes have a 0 at this bit.</summary>
    private static int Split(ReadOnlySpan<Change> changes, int depth)
    {
        int low = 0;
        int high = changes.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (changes[middle].Path.Bit(depth))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    /// <summary>Paths and leaves of all changes, each kind of digest in one batch.</summary>
    private static Change[] MakeLeaves(ReadOnlySpan<StateChange> changes)
    {
        var keys = new Message[changes.Length];
        var values = new Message[changes.Length];
        for (int i = 0; i < changes.Length; i++)
        {
            keys[i] = new Message(changes[i].Key);
            values[i] = new Message(changes[i].Value ?? []);
        }

        var paths = new Hash256[changes.Length];
        var digests = new Hash256[changes.Length];
        Sha256Batch.HashAll<Message>(keys, paths);
        Sha256Batch.HashAll<Message>(values, digests);
        var parts = new Hash256[2 * changes.Length];
        for (int i = 0; i < changes.Length; i++)
        {
            parts[2 * i] = paths[i];
            parts[2 * i + 1] = digests[i];
        }

        Sha256Batch.HashPairs(StateHash.LeafPrefix, parts, digests);
        var made = new Change[changes.Length];
        for (int i = 0; i < changes.Length; i++)
        {
            StateLeaf? leaf = changes[i].Value is { } value ? new StateLeaf(changes[i].Key, value) { Hash = digests[i] } : null;
            made[i] = new Change(paths[i], changes[i].Key, leaf);
        }

        return made;
    }

    private readonly struct Message(byte[] bytes) : ISha256Message
    {
        public int Length => bytes.Length;

        public void CopyTo(Span<byte> destination) => bytes.CopyTo(destination);
    }

    private readonly record struct Change(Hash256 Path, byte[] Key, StateLeaf? Leaf);
}
