using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Never says anything.</summary>
public sealed class AbsentNode(Simulation simulation, NodeIndex index) : SimulatedNode(simulation, index)
{
    public override bool IsHonest => false;

    public override void Receive(NodeIndex from, byte[] bytes)
    {
    }

    protected override void Execute(Effect effect)
    {
    }
}
