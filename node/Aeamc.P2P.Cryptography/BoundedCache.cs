using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Aeamc.P2P.Cryptography;

/// <summary>
/// A thread-safe cache of at most about <c>capacity</c> entries in two generations: when the young one is half the capacity it becomes the
/// old one and the old one is dropped whole, so an entry that is still used moves along and nothing is scanned or locked as a whole. Entries
/// added while the generations change may exceed the capacity by the number of threads.
/// </summary>
internal sealed class BoundedCache<TKey, TValue>
    where TKey : notnull
{
    private readonly int _half;
    private Generations _generations = new([]);

    public BoundedCache(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _half = capacity / 2;
    }

    /// <summary>Entries held now, counting one that is in both generations twice.</summary>
    public int Count
    {
        get
        {
            Generations now = Volatile.Read(ref _generations);
            return now.Young.Count + now.Old.Count;
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        Generations now = Volatile.Read(ref _generations);
        if (now.Young.TryGetValue(key, out value))
        {
            return true;
        }

        if (!now.Old.TryGetValue(key, out value))
        {
            return false;
        }

        Add(key, value);
        return true;
    }

    public void Add(TKey key, TValue value)
    {
        Generations now = Volatile.Read(ref _generations);
        if (now.Young.TryAdd(key, value) && Interlocked.Increment(ref now.Added) >= _half)
        {
            // Whoever comes first changes the generation; the others' entries are in the dictionary that is now old.
            Interlocked.CompareExchange(ref _generations, new Generations(now.Young), now);
        }
    }

    private sealed class Generations(ConcurrentDictionary<TKey, TValue> old)
    {
        public readonly ConcurrentDictionary<TKey, TValue> Young = new();
        public readonly ConcurrentDictionary<TKey, TValue> Old = old;
        public int Added;
    }
}
