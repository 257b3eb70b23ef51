using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Sends its proposals and batches to so few that it takes their help to spread, keeps its Finalize votes to itself, and answers no question.</summary>
public sealed class WithholdingNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    public override void Gossip(Envelope batch) => ToFew(batch);

    protected override void Broadcast(ConsensusMessage message)
    {
        switch (message)
        {
            case Proposal:
                ToFew(Pack(message));
                break;
            case Vote { Statement.Kind: VoteKind.Finalize } or Certificate:
                break;
            default:
                base.Broadcast(message);
                break;
        }
    }

    protected override void Send(NodeIndex to, ConsensusMessage message)
    {
        if (message is CertificatesRequest)
        {
            base.Send(to, message);
        }
    }

    protected override void Answer(int to, byte[] blob)
    {
    }

    private void ToFew(Envelope envelope)
    {
        for (int i = 1; i <= Simulation.Committee.MaximumFaulty + 1; i++)
        {
            Transmit(new NodeIndex((ushort)((Index.Value + i) % Simulation.Committee.Count)), envelope);
        }
    }
}
