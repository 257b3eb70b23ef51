namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What became of a message that was seen.</summary>
internal enum SeenState : byte
{
    Pending,
    Accepted,
    Ignored,
    Rejected,
}

/// <summary>
/// The ids seen lately (gossipsub v1.0, Message Cache). Two generations that swap when the time to live has passed or the
/// newer one holds half the capacity: expiry costs nothing per id, and the memory has a bound.
/// </summary>
internal sealed class SeenCache(TimeSpan ttl, int capacity)
{
    private Dictionary<MessageId, SeenState> _current = [];
    private Dictionary<MessageId, SeenState> _previous = [];
    private TimeSpan _swapAt;

    public int Count => _current.Count + _previous.Count;

    public bool TryGet(in MessageId id, out SeenState state) => _current.TryGetValue(id, out state) || _previous.TryGetValue(id, out state);

    public bool Contains(in MessageId id) => TryGet(id, out _);

    /// <summary>Remembers an id, or changes what became of it.</summary>
    public void Set(in MessageId id, SeenState state)
    {
        if (!_current.ContainsKey(id) && _previous.ContainsKey(id))
        {
            _previous[id] = state;
            return;
        }

        if (_current.Count >= capacity / 2)
        {
            Swap();
        }

        _current[id] = state;
    }

    /// <summary>Lets old ids go; called at each heartbeat.</summary>
    public void Expire(TimeSpan now)
    {
        if (now >= _swapAt)
        {
            Swap();
            _swapAt = now + ttl;
        }
    }

    private void Swap()
    {
        (_current, _previous) = (_previous, _current);
        _current.Clear();
    }
}
