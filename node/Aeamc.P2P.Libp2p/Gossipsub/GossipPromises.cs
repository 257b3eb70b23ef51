using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// What peers advertised and we asked for (gossipsub v1.1, Spam Protection Measures): of each request one random id is
/// tracked; who does not send it in time is penalised.
/// </summary>
internal sealed class GossipPromises
{
    private readonly Dictionary<MessageId, Dictionary<PeerId, TimeSpan>> _due = [];

    public void Add(PeerId peer, in MessageId id, TimeSpan due)
    {
        if (!_due.TryGetValue(id, out Dictionary<PeerId, TimeSpan>? peers))
        {
            _due.Add(id, peers = []);
        }

        peers.TryAdd(peer, due);
    }

    /// <summary>The message arrived, from whomever: nobody owes it any more.</summary>
    public void Fulfil(in MessageId id) => _due.Remove(id);

    /// <summary>Takes out the promises that are overdue: the peer of each.</summary>
    public List<PeerId> TakeBroken(TimeSpan now)
    {
        var broken = new List<PeerId>();
        foreach ((MessageId id, Dictionary<PeerId, TimeSpan> peers) in _due)
        {
            foreach ((PeerId peer, TimeSpan due) in peers)
            {
                if (due <= now)
                {
                    broken.Add(peer);
                    peers.Remove(peer);
                }
            }

            if (peers.Count == 0)
            {
                _due.Remove(id);
            }
        }

        return broken;
    }
}
