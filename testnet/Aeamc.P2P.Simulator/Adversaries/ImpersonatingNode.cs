using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Speaks for others: votes in their name under its own key, a proposal in a view that it does not lead, certificates without the signatures they
/// claim, and its own votes of another epoch.</summary>
public sealed class ImpersonatingNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Execute(Effect effect)
    {
        base.Execute(effect);
        if (effect is not Effect.VerifyProposal verify)
        {
            return;
        }

        BlockRef block = verify.Proposal.Block;
        BlockRef other = block with { Hash = Hash256.Of([.. BitConverter.GetBytes(Index.Value), 1]) };
        Statement nullify = Statement.Nullify(Simulation.Epoch, block.View);
        for (ushort i = 0; i < Simulation.Committee.Count; i++)
        {
            Broadcast(Sign(nullify) with { Voter = new NodeIndex(i) });
            Broadcast(Sign(Statement.Finalize(Simulation.Epoch, other)) with { Voter = new NodeIndex(i) });
        }

        (BlockRef mine, byte[] content) = Make(block, block.View.Next, BlockFlaw.None, 0);
        Broadcast(new Proposal(Sign(Statement.Notarize(Simulation.Epoch, mine)), content));
        Broadcast(Forged(nullify, Simulation.Committee.Quorum));
        Broadcast(Forged(Statement.Finalize(Simulation.Epoch, other), Simulation.Committee.Quorum));
        Broadcast(Forged(nullify, 1));
    }

    private Certificate Forged(Statement statement, int signers)
    {
        var bitmap = new byte[(Simulation.Committee.Count + 7) / 8];
        var signatures = new byte[64 * signers];
        for (int i = 0; i < signers; i++)
        {
            bitmap[i / 8] |= (byte)(1 << (i % 8));
            Sign(statement).Signature.CopyTo(signatures.AsSpan(64 * i));
        }

        return new Certificate(statement, SignerBitmap.From(bitmap), signatures);
    }
}
