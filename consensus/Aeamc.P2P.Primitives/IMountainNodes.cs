namespace Aeamc.P2P.Primitives;

/// <summary>Where the complete subtrees of a mountain range are kept, so that a proof can be made for any leaf at any size.</summary>
public interface IMountainNodes
{
    /// <summary>The root of a complete subtree; false when it is not kept (pruned, or not complete yet).</summary>
    bool TryGet(int level, ulong index, out Hash256 hash);
}
