using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Nullifies every view as soon as it enters it, its own too, and votes for no block.</summary>
public sealed class NullifyingNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Execute(Effect effect)
    {
        switch (effect)
        {
            case Effect.EnteredView entered:
                base.Execute(effect);
                Broadcast(Sign(Statement.Nullify(Simulation.Epoch, entered.View)));
                break;
            case Effect.SignVote { Statement.Kind: not VoteKind.Nullify } or Effect.BuildProposal:
                break;
            default:
                base.Execute(effect);
                break;
        }
    }
}
