namespace Aeamc.P2P.Primitives;

/// <summary>A complete subtree of a mountain range: the leaves from <c>Index * 2^Level</c> up to, not including, <c>(Index + 1) * 2^Level</c>.</summary>
/// <param name="Level">0 for a leaf; at most 63.</param>
/// <param name="Index">The place among the subtrees of this level, from 0.</param>
/// <param name="Hash">The subtree's root. It never changes once the subtree is complete.</param>
public readonly record struct MountainNode(int Level, ulong Index, Hash256 Hash);
