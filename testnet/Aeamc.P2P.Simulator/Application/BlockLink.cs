using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>What a block's bytes say of its place in the chain.</summary>
public readonly record struct BlockLink(Hash256 Hash, Height Height, View View, Hash256 ParentHash);
