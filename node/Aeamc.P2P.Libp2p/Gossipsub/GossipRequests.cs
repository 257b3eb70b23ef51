using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// The ids asked for by IWANT whose messages have not come yet. One peer at a time is asked for an id, or every advertiser
/// would send a copy; the others that advertised it are remembered and asked when the first does not answer.
/// </summary>
internal sealed class GossipRequests(int capacity, TimeSpan retry, TimeSpan lifetime)
{
    private const int MaxOthers = 3;

    private readonly Dictionary<MessageId, Request> _requests = [];

    public int Count => _requests.Count;

    /// <summary>A peer advertised an id that we do not have: whether it is to be asked for it now.</summary>
    public bool Ask(in MessageId id, PeerId peer, TimeSpan now)
    {
        if (_requests.TryGetValue(id, out Request? request))
        {
            if (request.Peer != peer && request.Others.Count < MaxOthers && !request.Others.Contains(peer))
            {
                request.Others.Enqueue(peer);
            }

            return false;
        }

        if (_requests.Count < capacity)
        {
            _requests.Add(id, new Request { Peer = peer, AskedAt = now, ForgetAt = now + lifetime });
        }

        return true;
    }

    /// <summary>The message came: who was asked for it last, if anybody.</summary>
    public PeerId? Fulfil(in MessageId id) => _requests.Remove(id, out Request? request) ? request.Peer : null;

    /// <summary>Hands over each id that was not answered in time with the next to ask, and forgets what is old.</summary>
    public void Retry(TimeSpan now, Action<PeerId, MessageId> ask)
    {
        if (_requests.Count == 0)
        {
            return;
        }

        foreach ((MessageId id, Request request) in _requests)
        {
            if (now >= request.ForgetAt)
            {
                _requests.Remove(id);
            }
            else if (now - request.AskedAt >= retry && request.Others.TryDequeue(out PeerId next))
            {
                (request.Peer, request.AskedAt) = (next, now);
                ask(next, id);
            }
        }
    }

    private sealed class Request
    {
        public required PeerId Peer { get; set; }

        public required TimeSpan AskedAt { get; set; }

        public required TimeSpan ForgetAt { get; init; }

        public Queue<PeerId> Others { get; } = new(MaxOthers);
    }
}
