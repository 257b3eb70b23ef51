using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Lives in the past: proposes on its ledger's tip or below it whatever was certified since, with Notarize and Finalize of all byzantine members, and votes
/// for views long gone. A quorum of them skips a view that nobody nullified, which the checkers must find.</summary>
public sealed class OutdatedNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Execute(Effect effect)
    {
        if (effect is not Effect.BuildProposal build)
        {
            base.Execute(effect);
            return;
        }

        bool certified = build.Parent.Hash != Disk.Tip.Hash;
        BlockRef old = certified || Disk.Ledger.Count == 1 ? Disk.Tip : Disk.Ledger[^2];
        (BlockRef block, byte[] content) = Make(old, build.View, BlockFlaw.None, 0);
        Broadcast(new Proposal(Sign(Statement.Notarize(Simulation.Epoch, block)), content));
        foreach (NodeIndex accomplice in Simulation.Byzantine)
        {
            Broadcast(Simulation.Sign(accomplice, Statement.Notarize(Simulation.Epoch, block)));
            Broadcast(Simulation.Sign(accomplice, Statement.Finalize(Simulation.Epoch, block)));
        }

        for (ulong back = 1; back <= 5 && back < build.View.Value; back++)
        {
            Broadcast(Sign(Statement.Nullify(Simulation.Epoch, new View(build.View.Value - back))));
        }
    }
}
