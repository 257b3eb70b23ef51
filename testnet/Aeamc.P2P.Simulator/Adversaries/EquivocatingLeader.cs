using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Proposes two blocks in the views it leads, one to each half of the others, with Notarize and Finalize of all byzantine members for
/// either. With at most f of them no half reaches a quorum; with more the chain forks, which the checkers must find.</summary>
public sealed class EquivocatingLeader(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Execute(Effect effect)
    {
        if (effect is not Effect.BuildProposal build)
        {
            base.Execute(effect);
            return;
        }

        for (int side = 0; side < 2; side++)
        {
            (BlockRef block, byte[] content) = Make(build.Parent, build.View, BlockFlaw.None, (ulong)side);
            Statement notarize = Statement.Notarize(Simulation.Epoch, block);
            for (ushort to = 0; to < Simulation.Committee.Count; to++)
            {
                var peer = new NodeIndex(to);
                if (to % 2 != side || Simulation.IsByzantine(peer))
                {
                    continue;
                }

                Send(peer, new Proposal(Sign(notarize), content));
                foreach (NodeIndex accomplice in Simulation.Byzantine)
                {
                    Send(peer, Simulation.Sign(accomplice, notarize));
                    Send(peer, Simulation.Sign(accomplice, Statement.Finalize(Simulation.Epoch, block)));
                }
            }
        }
    }
}
