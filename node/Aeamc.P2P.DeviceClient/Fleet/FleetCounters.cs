using System.Collections.Concurrent;

namespace Aeamc.P2P.DeviceClient.Fleet;

/// <summary>What a fleet has done so far. Safe for many threads.</summary>
public sealed class FleetCounters
{
    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private int _registered;
    private long _heartbeats;
    private long _executed;
    private long _proofs;
    private long _moves;

    /// <summary>Phones that the network knows.</summary>
    public int Registered => Volatile.Read(ref _registered);

    /// <summary>Heartbeats taken.</summary>
    public long Heartbeats => Interlocked.Read(ref _heartbeats);

    /// <summary>Units executed.</summary>
    public long UnitsExecuted => Interlocked.Read(ref _executed);

    /// <summary>Proofs taken.</summary>
    public long ProofsAccepted => Interlocked.Read(ref _proofs);

    /// <summary>Moves from node to node.</summary>
    public long Moves => Interlocked.Read(ref _moves);

    /// <summary>Posts that were refused or answered by nobody, by code.</summary>
    public IReadOnlyDictionary<string, long> Refused => new SortedDictionary<string, long>(_refused, StringComparer.Ordinal);

    internal void CountRegistered() => Interlocked.Increment(ref _registered);

    internal void CountHeartbeat() => Interlocked.Increment(ref _heartbeats);

    internal void CountExecuted() => Interlocked.Increment(ref _executed);

    internal void CountProof() => Interlocked.Increment(ref _proofs);

    internal void CountMove() => Interlocked.Increment(ref _moves);

    internal void CountRefused(string code) => _refused.AddOrUpdate(code, 1, static (_, count) => count + 1);
}
