using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Until when no GRAFT passes between us and a peer in one topic (gossipsub v1.1, PRUNE Backoff). It outlives the
/// connection, so its size has a bound: when it is full, further peers are not remembered.
/// </summary>
internal sealed class BackoffTable(int capacity)
{
    private readonly Dictionary<PeerId, TimeSpan> _until = [];

    public int Count => _until.Count;

    /// <summary>Extends a backoff; it is never shortened.</summary>
    public void Extend(PeerId peer, TimeSpan until)
    {
        if (_until.TryGetValue(peer, out TimeSpan known) ? until > known : _until.Count < capacity)
        {
            _until[peer] = until;
        }
    }

    /// <summary>When the backoff ends; false when there is none.</summary>
    public bool TryGet(PeerId peer, out TimeSpan until) => _until.TryGetValue(peer, out until);

    /// <summary>Forgets what ended before <paramref name="time"/>.</summary>
    public void Purge(TimeSpan time)
    {
        foreach ((PeerId peer, TimeSpan until) in _until)
        {
            if (until < time)
            {
                _until.Remove(peer);
            }
        }
    }
}
