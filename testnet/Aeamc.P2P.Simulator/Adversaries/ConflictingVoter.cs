using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Says everything of every proposal: Notarize and Finalize for the block and for another, and Nullify for its view.</summary>
public sealed class ConflictingVoter(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Execute(Effect effect)
    {
        base.Execute(effect);
        if (effect is not Effect.VerifyProposal verify)
        {
            return;
        }

        BlockRef block = verify.Proposal.Block;
        BlockRef other = block with { Hash = Hash256.Of(BitConverter.GetBytes(Index.Value)) };
        foreach (Statement statement in (ReadOnlySpan<Statement>)
        [
            Statement.Notarize(Simulation.Epoch, other), Statement.Notarize(Simulation.Epoch, block), Statement.Nullify(Simulation.Epoch, block.View),
            Statement.Finalize(Simulation.Epoch, block), Statement.Finalize(Simulation.Epoch, other),
        ])
        {
            // Different members hear them in a different order, so that different first votes count.
            Broadcast(Sign(statement));
        }
    }
}
