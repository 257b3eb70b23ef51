using System.Collections.Concurrent;

namespace Aeamc.P2P.DeviceClient.Load;

/// <summary>What a load generator has done so far. Safe for many threads.</summary>
public sealed class LoadCounters
{
    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private long _accepted;
    private long _signed;
    private long _leases;
    private long _sent;

    /// <summary>Proofs that nodes took: each will be in the chain.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Proofs signed.</summary>
    public long Signed => Interlocked.Read(ref _signed);

    /// <summary>Posts sent, repetitions included.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Leases taken.</summary>
    public long Leases => Interlocked.Read(ref _leases);

    /// <summary>Posts that were refused or answered by nobody, by code. What is only busy or away is tried again.</summary>
    public IReadOnlyDictionary<string, long> Refused => new SortedDictionary<string, long>(_refused, StringComparer.Ordinal);

    internal void CountAccepted() => Interlocked.Increment(ref _accepted);

    internal void CountSigned() => Interlocked.Increment(ref _signed);

    internal void CountLease() => Interlocked.Increment(ref _leases);

    internal void CountSent() => Interlocked.Increment(ref _sent);

    internal void CountRefused(string code) => _refused.AddOrUpdate(code, 1, static (_, count) => count + 1);
}
