using System.Diagnostics.CodeAnalysis;

namespace Aeamc.P2P.Primitives;

/// <summary>
/// An immutable authenticated map from byte strings to byte strings: a sparse Merkle tree over the 256 bits of <c>path = SHA-256(key)</c>, most significant
/// first (bit 0 goes left), where a subtree that holds one leaf is that leaf and an empty one is <see cref="Hash256.Zero"/>. Equal contents have equal
/// roots whatever the history.
/// </summary>
/// <remarks>
/// Leaf: SHA-256(0x00 || path || SHA-256(value)). Inner node: SHA-256(0x01 || left || right). An update copies the nodes on the changed paths and shares
/// all others, so many versions can be held at once. Uniform paths keep the depth near log2(n); colliding prefixes ground by an attacker make it
/// at most 256.
/// </remarks>
public sealed class StateTree
{
    private readonly StateNode? _root;

    private StateTree(StateNode? root, int count)
    {
        _root = root;
        Count = count;
    }

    /// <summary>The tree without keys; its root is <see cref="Hash256.Zero"/>.</summary>
    public static StateTree Empty { get; } = new(null, 0);

    /// <summary>The authenticated root over all keys and values.</summary>
    public Hash256 Root => _root?.Hash ?? Hash256.Zero;

    internal StateNode? RootNode => _root;

    /// <summary>How many keys there are.</summary>
    public int Count { get; }

    /// <summary>A tree of these entries.</summary>
    /// <exception cref="InvariantException">A key comes twice.</exception>
    public static StateTree Build(IEnumerable<(byte[] Key, byte[] Value)> entries) =>
        Empty.Apply([.. entries.Select(entry => new StateChange(entry.Key, entry.Value))]);

    /// <summary>The value of a key, as a view of the tree's own bytes.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value)
    {
        Hash256 path = Hash256.Of(key);
        StateNode? node = _root;
        int depth = 0;
        while (node is StateBranch branch)
        {
            node = path.Bit(depth++) ? branch.Right : branch.Left;
        }

        // Paths are not kept in leaves; equal keys are what matters anyway.
        bool found = node is StateLeaf leaf && leaf.Key.AsSpan().SequenceEqual(key);
        value = found ? ((StateLeaf)node!).Value : default(ReadOnlyMemory<byte>);
        return found;
    }

    /// <summary>Whether the key is present.</summary>
    public bool Contains(ReadOnlySpan<byte> key) => TryGet(key, out _);

    /// <summary>This tree after all <paramref name="changes"/>, given in any order. Nodes above several changes are hashed once.</summary>
    /// <exception cref="InvariantException">A key comes twice.</exception>
    public StateTree Apply(ReadOnlySpan<StateChange> changes)
    {
        if (changes.IsEmpty)
        {
            return this;
        }

        var update = new StateUpdate(changes);
        StateNode? root = update.Run(_root);
        return ReferenceEquals(root, _root) ? this : new StateTree(root, Count + update.Added);
    }

    /// <summary>A proof that the key has its value, or that it is absent.</summary>
    public StateProof Prove(ReadOnlySpan<byte> key)
    {
        Hash256 path = Hash256.Of(key);
        var siblings = new List<Hash256>();
        StateNode? node = _root;
        while (node is StateBranch branch)
        {
            bool right = path.Bit(siblings.Count);
            siblings.Add((right ? branch.Left : branch.Right)?.Hash ?? Hash256.Zero);
            node = right ? branch.Right : branch.Left;
        }

        return node is StateLeaf leaf && !leaf.Key.AsSpan().SequenceEqual(key)
            ? new StateProof(siblings, Hash256.Of(leaf.Key), Hash256.Of(leaf.Value))
            : new StateProof(siblings);
    }

    /// <summary>Every entry in the order of its path, the same on every node.</summary>
    public IEnumerable<StateEntry> Entries() => Leaves(_root).Select(leaf => new StateEntry(leaf.Key, leaf.Value));

    /// <summary>The leaves below a node, in the order of their paths.</summary>
    internal static IEnumerable<StateLeaf> Leaves(StateNode? root)
    {
        var pending = new Stack<StateNode>();
        Push(pending, root);
        while (pending.TryPop(out StateNode? node))
        {
            if (node is StateLeaf leaf)
            {
                yield return leaf;
            }
            else if (node is StateBranch branch)
            {
                Push(pending, branch.Right);
                Push(pending, branch.Left);
            }
        }
    }

    private static void Push(Stack<StateNode> pending, [AllowNull] StateNode node)
    {
        if (node is not null)
        {
            pending.Push(node);
        }
    }
}
