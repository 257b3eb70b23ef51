namespace Aeamc.P2P.Primitives;

/// <summary>A non-empty subtree of a <see cref="StateTree"/>. Leaves keep no path: it is one digest away and 32 bytes a leaf matter at a million.</summary>
internal abstract class StateNode
{
    /// <summary>Set once, by the update that made the node, before any reader sees it.</summary>
    public Hash256 Hash { get; set; }
}

/// <summary>One key and its value.</summary>
internal sealed class StateLeaf(byte[] key, byte[] value) : StateNode
{
    public byte[] Key { get; } = key;

    public byte[] Value { get; } = value;
}

/// <summary>At least two leaves; either side may be empty, when all of them share the next bit.</summary>
internal sealed class StateBranch(StateNode? left, StateNode? right) : StateNode
{
    public StateNode? Left { get; } = left;

    public StateNode? Right { get; } = right;
}
