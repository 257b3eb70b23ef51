using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Is honest towards one half of the members and silent towards the other, the same ones for the whole run.</summary>
public sealed class DenyingNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    private readonly ulong _denied = simulation.Chance.Next();

    protected override void Transmit(NodeIndex to, Envelope envelope)
    {
        if (((_denied >> (to.Value % 64)) & 1) == 0)
        {
            base.Transmit(to, envelope);
        }
    }
}
