using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>One of two honest nodes with one key. Each is heard by one half of the members only; both hear everyone. Their votes contradict one another whenever
/// the halves see different things; a scenario of its own may say instead who hears whom (Bano et al., "Twins: BFT Systems Made Robust", 2021).</summary>
public sealed class TwinNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Transmit(NodeIndex to, Envelope envelope)
    {
        int half = Endpoint < Simulation.Committee.Count ? 0 : 1;
        if (Simulation.Options.Scenario is not null || to.Value % 2 == half)
        {
            base.Transmit(to, envelope);
        }
    }
}
