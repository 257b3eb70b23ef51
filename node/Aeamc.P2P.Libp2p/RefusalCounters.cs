using System.Collections.Concurrent;

namespace Aeamc.P2P.Libp2p;

/// <summary>How often what strangers sent was refused, by a stable reason name such as <c>noise-bad-signature</c>.</summary>
public sealed class RefusalCounters
{
    // Reasons are constants of this code base, never text from a peer, so the table cannot grow without bound.
    private readonly ConcurrentDictionary<string, StrongBox> _counts = new(StringComparer.Ordinal);

    /// <summary>Adds one to a reason.</summary>
    public void Count(string reason) => Interlocked.Increment(ref _counts.GetOrAdd(reason, static _ => new StrongBox()).Value);

    /// <summary>The count of one reason.</summary>
    public long this[string reason] => _counts.TryGetValue(reason, out StrongBox? box) ? Interlocked.Read(ref box.Value) : 0;

    /// <summary>All reasons met so far with their counts, sorted by name.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Snapshot() =>
        [.. _counts.Select(pair => KeyValuePair.Create(pair.Key, Interlocked.Read(ref pair.Value.Value))).OrderBy(pair => pair.Key, StringComparer.Ordinal)];

    private sealed class StrongBox
    {
        public long Value;
    }
}
