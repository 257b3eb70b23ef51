using System.Collections.Concurrent;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Node.Metrics;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Ingress;

/// <summary>The entries that this node has acknowledged and that are not in a finalized block yet. Safe for any thread.</summary>
public sealed class WaitingEntries(TimeProvider time, LatencyHistogram latency)
{
    /// <summary>
    /// Beyond this many the node answers "busy" instead of acknowledging. Some hundreds wait at a time under full load; thousands would mean that the
    /// node takes in more than the committee finalizes, and spends on that the time which the committee needs.
    /// </summary>
    public const int Capacity = 1_024;

    private readonly ConcurrentDictionary<Hash256, Waiting> _entries = [];

    /// <summary>How many wait.</summary>
    public int Count => _entries.Count;

    /// <summary>Whether no more may be acknowledged.</summary>
    public bool IsFull => _entries.Count >= Capacity;

    public bool Contains(Hash256 id) => _entries.ContainsKey(id);

    /// <summary>Notes an acknowledged entry; false when it waits already.</summary>
    /// <param name="id">The entry.</param>
    /// <param name="entry">Its kind and bytes.</param>
    /// <param name="acceptedAt">Monotonic timestamp of the HTTP accept; 0 for entries of an earlier run, whose latency is not counted.</param>
    /// <param name="head">The head's height at this moment.</param>
    public bool TryAdd(Hash256 id, BatchEntry entry, long acceptedAt, Height head) =>
        _entries.TryAdd(id, new Waiting(entry, acceptedAt) { PackedAt = time.GetTimestamp(), PackedAbove = head });

    /// <summary>Forgets an entry that could not be made durable after all.</summary>
    public void Withdraw(Hash256 id) => _entries.TryRemove(id, out _);

    /// <summary>The entry is in a finalized block.</summary>
    public void Settle(Hash256 id)
    {
        if (_entries.TryRemove(id, out Waiting? entry) && entry.AcceptedAt != 0)
        {
            latency.Record(time.GetElapsedTime(entry.AcceptedAt));
        }
    }

    /// <summary>
    /// Entries packed longer ago than <paramref name="age"/> that <paramref name="blocks"/> blocks have passed over since: their batch may have been
    /// lost. Marks them as packed now. While the chain stands still nothing is overdue, or a halt would fill every node's disk with copies.
    /// </summary>
    public List<BatchEntry> TakeOverdue(TimeSpan age, ulong blocks, Height head)
    {
        var overdue = new List<BatchEntry>();
        foreach (Waiting entry in _entries.Values)
        {
            if (time.GetElapsedTime(entry.PackedAt) >= age && head.Value >= entry.PackedAbove.Value + blocks)
            {
                entry.PackedAt = time.GetTimestamp();
                entry.PackedAbove = head;
                overdue.Add(entry.Entry);
            }
        }

        return overdue;
    }

    private sealed class Waiting(BatchEntry entry, long acceptedAt)
    {
        public BatchEntry Entry { get; } = entry;

        public long AcceptedAt { get; } = acceptedAt;

        public required long PackedAt { get; set; }

        public required Height PackedAbove { get; set; }
    }
}
