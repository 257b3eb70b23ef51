namespace Aeamc.P2P.Primitives;

/// <summary>One batch of changes on its way down a <see cref="StateTree"/>: sorted by path, split at each branch, joined and hashed on the way up.</summary>
internal sealed class StateUpdate
{
    private readonly Change[] _changes;

    public StateUpdate(ReadOnlySpan<StateChange> changes)
    {
        _changes = new Change[changes.Length];
        for (int i = 0; i < changes.Length; i++)
        {
            StateChange change = changes[i];
            _changes[i] = new Change(Hash256.Of(change.Key), MakeLeaf(change));
        }

        Array.Sort(_changes, static (a, b) => a.Path.CompareTo(b.Path));
        for (int i = 1; i < _changes.Length; i++)
        {
            Invariant.Check(_changes[i - 1].Path != _changes[i].Path);
        }
    }

    /// <summary>Keys added less keys removed.</summary>
    public int Added { get; private set; }

    public StateNode? Run(StateNode? root) => Descend(root, _changes, 0);

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
                return ReferenceEquals(left, branch.Left) && ReferenceEquals(right, branch.Right) ? node : Join(left, right);
            default:
                throw Invariant.Fail("unknown state node");
        }
    }

    /// <summary>Changes that land on a leaf: they replace it, or it goes down with them.</summary>
    private StateNode? Displace(StateLeaf leaf, ReadOnlySpan<Change> changes, int depth)
    {
        Hash256 path = Hash256.Of(leaf.Key);
        int place = 0;
        while (place < changes.Length && changes[place].Path < path)
        {
            place++;
        }

        bool replaced = place < changes.Length && changes[place].Path == path;
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

        Change[] all = [.. changes[..place], new Change(path, leaf), .. changes[place..]];
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
        return Join(Grow(changes[..split], depth + 1), Grow(changes[split..], depth + 1));
    }

    private static StateNode? Join(StateNode? left, StateNode? right)
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

        return new StateBranch(left, right) { Hash = StateHash.Branch(left?.Hash ?? Hash256.Zero, right?.Hash ?? Hash256.Zero) };
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

    private static StateLeaf? MakeLeaf(StateChange change) =>
        change.Value is { } value
            ? new StateLeaf(change.Key, value) { Hash = StateHash.Leaf(Hash256.Of(change.Key), Hash256.Of(value)) }
            : null;

    private readonly record struct Change(Hash256 Path, StateLeaf? Leaf);
}
