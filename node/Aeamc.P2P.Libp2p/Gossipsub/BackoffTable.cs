using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Until when no GRAFT passes between us and a peer in one topic (gossipsub v1.1, PRUNE Backoff). It outlives the connection,
/// so its size has a bound: when it is full, the backoffs of peers that are gone are forgotten first, the shortest first. Those
/// of connected peers are always kept: their number has the bound of the connections.
/// </summary>
internal sealed class BackoffTable(int capacity, Func<PeerId, bool> isConnected)
{
    private readonly Dictionary<PeerId, TimeSpan> _until = [];

    public int Count => _until.Count;

    /// <summary>Extends a backoff; it is never shortened.</summary>
    public void Extend(PeerId peer, TimeSpan until)
    {
        if (_until.TryGetValue(peer, out TimeSpan known))
        {
            _until[peer] = until > known ? until : known;
            return;
        }

        if (_until.Count >= capacity)
        {
            ForgetAbsent();
        }

        _until.Add(peer, until);
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

    // A quarter at a time, so that a flood of identities pays for one sorting per many entries.
    private void ForgetAbsent()
    {
        foreach (PeerId peer in _until.Where(entry => !isConnected(entry.Key)).OrderBy(static entry => entry.Value).Take((capacity + 3) / 4).Select(static entry => entry.Key).ToArray())
        {
            _until.Remove(peer);
        }
    }
}
