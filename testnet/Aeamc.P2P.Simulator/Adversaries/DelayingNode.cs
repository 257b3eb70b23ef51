using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Sends everything late: up to three times the assumed delay.</summary>
public sealed class DelayingNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Transmit(NodeIndex to, Envelope envelope) =>
        Later(Chance.Below(3_000 * Simulation.Options.Core.NetworkDelay), () => base.Transmit(to, envelope));
}
