using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>A connected peer: lives from its first connection to the end of its last. Its list is guarded by the table that owns it.</summary>
internal sealed class PeerEntry(PeerId id)
{
    public PeerId Id { get; } = id;

    /// <summary>The standing connections.</summary>
    public List<PeerConnection> Connections { get; } = [];

    /// <summary>What Identify told.</summary>
    public PeerIdentity? Identity { get; set; }

    /// <summary>Ends when the last connection is gone.</summary>
    public CancellationTokenSource Gone { get; } = new();

    /// <summary>Whose turn it is to ping the peer.</summary>
    public SemaphoreSlim Pinging { get; } = new(1);

    /// <summary>The queues of one-way messages by protocol.</summary>
    public Dictionary<string, MessageSender> Senders { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// The connection for new streams: a usable one, and of two the one that the peer with the smaller id dialled, so that both sides prefer the same.
    /// </summary>
    public PeerConnection Preferred(PeerId local)
    {
        ConnectionDirection direction = local < Id ? ConnectionDirection.Outbound : ConnectionDirection.Inbound;
        PeerConnection best = Connections[0];
        int bestRank = -1;
        foreach (PeerConnection connection in Connections)
        {
            int rank = (connection.Session.CanOpen ? 2 : 0) + (connection.Direction == direction ? 1 : 0);
            if (rank > bestRank)
            {
                (best, bestRank) = (connection, rank);
            }
        }

        return best;
    }
}
