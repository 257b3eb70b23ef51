using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Chain;

/// <summary>A block that was just committed, for those who follow the chain.</summary>
/// <param name="Block">The block, executed.</param>
/// <param name="Before">The head before it.</param>
/// <param name="Head">The head with it.</param>
/// <param name="Finalization">Its own finalization; null when it is final through a descendant's.</param>
/// <param name="Live">False when it came by catching up.</param>
public sealed record FinalizedBlock(ChainBlock Block, FinalizedHead Before, FinalizedHead Head, Certificate? Finalization, bool Live)
{
    public Height Height => Block.Ref.Height;
}
