namespace Aeamc.P2P.DeviceApi.Limits;

/// <summary>
/// So many calls per window for each client, evenly refilled, a full window's worth at once. The generic cell rate algorithm (ITU-T I.371, annex A):
/// one number per client. Memory is bounded; a client that has been quiet for a window is the same as one never seen, so old entries are forgotten
/// by whole generations. Safe for many threads.
/// </summary>
internal sealed class RateLimiter
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _window;
    private readonly long _interval;
    private readonly int _generationSize;
    private Dictionary<UInt128, long> _recent = [];
    private Dictionary<UInt128, long> _older = [];
    private long _rotateAt;

    /// <param name="calls">Calls per window, at least 1.</param>
    /// <param name="window">How long.</param>
    /// <param name="maxClients">The most clients remembered.</param>
    /// <param name="time">The clock.</param>
    public RateLimiter(int calls, TimeSpan window, int maxClients, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(calls, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxClients, 2);
        _time = time;
        _interval = Math.Max(1, window.Ticks / calls);
        _window = _interval * calls;
        _generationSize = maxClients / 2;
        _rotateAt = Now() + _window;
    }

    /// <summary>Clients remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _recent.Count + _older.Count;
            }
        }
    }

    /// <summary>Takes one call; when none is left says how long to wait for the next.</summary>
    public bool TryTake(UInt128 client, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            long now = Now();
            Rotate(now);
            long booked = Math.Max(now, Booked(client));
            long ahead = booked + _interval - now;
            if (ahead > _window)
            {
                retryAfter = TimeSpan.FromTicks(ahead - _window);
                return false;
            }

            _recent[client] = booked + _interval;
            retryAfter = TimeSpan.Zero;
            return true;
        }
    }

    /// <summary>Whether a call could be taken now, without taking it.</summary>
    public bool HasRoom(UInt128 client, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            long now = Now();
            Rotate(now);
            long ahead = Math.Max(now, Booked(client)) + _interval - now;
            retryAfter = TimeSpan.FromTicks(Math.Max(0, ahead - _window));
            return ahead <= _window;
        }
    }

    /// <summary>The time up to which a client's calls are booked.</summary>
    private long Booked(UInt128 client) =>
        _recent.TryGetValue(client, out long booked) || _older.TryGetValue(client, out booked) ? booked : 0;

    /// <summary>Forgets the older generation: after a window all of it is back to full, and a table that is full must not grow.</summary>
    private void Rotate(long now)
    {
        if (now < _rotateAt && _recent.Count < _generationSize)
        {
            return;
        }

        (_older, _recent) = (_recent, _older);
        _recent.Clear();
        _rotateAt = now + _window;
    }

    private long Now() => _time.GetUtcNow().UtcTicks;
}
