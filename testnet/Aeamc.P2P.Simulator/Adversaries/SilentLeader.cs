using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Votes like an honest member, so that nobody can skip it, and never proposes.</summary>
public sealed class SilentLeader(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Execute(Effect effect)
    {
        if (effect is not Effect.BuildProposal)
        {
            base.Execute(effect);
        }
    }
}
