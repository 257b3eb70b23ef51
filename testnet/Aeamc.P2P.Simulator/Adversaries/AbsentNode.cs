using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Never says anything.</summary>
public sealed class AbsentNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    public override void Receive(int from, Envelope envelope)
    {
    }

    protected override void Execute(Effect effect)
    {
    }

    protected override void Transmit(NodeIndex to, Envelope envelope)
    {
    }
}
