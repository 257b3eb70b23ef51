namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>
/// So many things per second for each key, and a burst at once: the generic cell rate algorithm (ITU-T I.371, annex A), one number per key.
/// A key can be charged for more than it took, up to a burst that it then lacks. A key that has been quiet until its burst is whole again is the
/// same as one never seen, so old keys are forgotten by whole generations and memory is bounded. Safe for many threads.
/// </summary>
internal sealed class KeyedRate<TKey>
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _window;
    private readonly int _generationSize;
    private readonly long _start;
    private Dictionary<TKey, TimeSpan> _recent = [];
    private Dictionary<TKey, TimeSpan> _older = [];
    private TimeSpan _rotateAt;

    /// <param name="perSecond">The sustained rate, above 0.</param>
    /// <param name="burst">How many at once, at least 1.</param>
    /// <param name="maxKeys">The most keys remembered, at least 2.</param>
    /// <param name="time">The clock.</param>
    public KeyedRate(double perSecond, int burst, int maxKeys, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKeys, 2);
        _time = time;
        _interval = TimeSpan.FromSeconds(1 / perSecond);
        _window = _interval * burst;
        _generationSize = maxKeys / 2;
        _start = time.GetTimestamp();
        _rotateAt = Longest;
    }

    // Nothing is booked further ahead: a burst that is used up, and another that is owed.
    private TimeSpan Longest => 2 * _window;

    /// <summary>Keys remembered now.</summary>
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

    /// <summary>Takes one; false when the key has used up its burst.</summary>
    public bool TryTake(TKey key)
    {
        lock (_gate)
        {
            TimeSpan now = Turn();
            TimeSpan next = Booked(key, now) + _interval;
            if (next - now > _window)
            {
                return false;
            }

            Book(key, next);
            return true;
        }
    }

    /// <summary>Takes so many, whether the key has them or not: what it then owes must pass before it may take again.</summary>
    public void Charge(TKey key, int count)
    {
        lock (_gate)
        {
            TimeSpan now = Turn();
            TimeSpan next = Booked(key, now) + (_interval * count);
            Book(key, next - now > Longest ? now + Longest : next);
        }
    }

    private TimeSpan Turn()
    {
        TimeSpan now = _time.GetElapsedTime(_start);
        if (now >= _rotateAt || _recent.Count >= _generationSize)
        {
            (_older, _recent) = (_recent, _older);
            _recent.Clear();
            _rotateAt = now + Longest;
        }

        return now;
    }

    private TimeSpan Booked(TKey key, TimeSpan now) =>
        (_recent.TryGetValue(key, out TimeSpan until) || _older.TryGetValue(key, out until)) && until > now ? until : now;

    private void Book(TKey key, TimeSpan until)
    {
        _older.Remove(key);
        _recent[key] = until;
    }
}
