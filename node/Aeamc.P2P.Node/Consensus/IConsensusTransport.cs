using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>Carries consensus messages to other members. Best effort: the core repeats what matters (rule 10).</summary>
public interface IConsensusTransport
{
    /// <summary>Queues a message to every other committee member.</summary>
    void Broadcast(ConsensusMessage message);

    /// <summary>Queues a message to one member.</summary>
    void SendTo(NodeId peer, ConsensusMessage message);
}
