using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>
/// Is honest but that its Finalize comes when the others have finalized without it, and its Nullify of the same view after that: the first tells nothing new, so it is let pass unverified, and only who remembers
/// it sees that the two contradict each other.
/// </summary>
public sealed class BelatedNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Broadcast(ConsensusMessage message)
    {
        if (message is not Vote { Statement: { Kind: VoteKind.Finalize } finalize })
        {
            base.Broadcast(message);
            return;
        }

        long late = 2L * (Simulation.Options.Latency.Largest + Simulation.Options.Jitter);
        Later(late, () => base.Broadcast(message));
        Later(2 * late, () => base.Broadcast(Sign(Statement.Nullify(Simulation.Epoch, finalize.View))));
    }
}
