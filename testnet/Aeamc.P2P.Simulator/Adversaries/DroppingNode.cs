using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Sends every second message, at random.</summary>
public sealed class DroppingNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Transmit(NodeIndex to, Envelope envelope)
    {
        if (Chance.Permille(500))
        {
            base.Transmit(to, envelope);
        }
    }
}
