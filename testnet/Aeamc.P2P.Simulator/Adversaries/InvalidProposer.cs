using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Proposes blocks that fail verification, or pass it and fail certification, for an entry or for their beacon.</summary>
public sealed class InvalidProposer(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    public override bool IsLax => true;

    protected override BlockFlaw NextFlaw() => BlockFlaw.Invalid + (byte)Chance.Below(3);
}
