using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Proposes to one half of the members, with Notarize and Finalize of all byzantine members, and sends their Nullify to the other half. With more than f of
/// them one view is finalized and nullified, which the checkers must find.</summary>
public sealed class SplitVoteLeader(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Execute(Effect effect)
    {
        if (effect is not Effect.BuildProposal build)
        {
            base.Execute(effect);
            return;
        }

        (BlockRef block, byte[] content) = Make(build.Parent, build.View, BlockFlaw.None, 0);
        bool propose = true;
        for (ushort to = 0; to < Simulation.Committee.Count; to++)
        {
            var peer = new NodeIndex(to);
            if (Simulation.IsByzantine(peer))
            {
                continue;
            }

            if (propose)
            {
                Send(peer, new Proposal(Sign(Statement.Notarize(Simulation.Epoch, block)), content));
            }

            foreach (NodeIndex accomplice in Simulation.Byzantine)
            {
                if (propose)
                {
                    Send(peer, Simulation.Sign(accomplice, Statement.Notarize(Simulation.Epoch, block)));
                    Send(peer, Simulation.Sign(accomplice, Statement.Finalize(Simulation.Epoch, block)));
                }
                else
                {
                    Send(peer, Simulation.Sign(accomplice, Statement.Nullify(Simulation.Epoch, build.View)));
                }
            }

            propose = !propose;
        }
    }
}
