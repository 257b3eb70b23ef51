using System.Diagnostics;
using Aeamc.P2P.DeviceApi.Gateway;

namespace Aeamc.P2P.Testnet.Measuring;

/// <summary>The nodes' counters at one moment.</summary>
/// <param name="Timestamp">Of <see cref="Stopwatch"/>.</param>
/// <param name="Statuses">One for each node, in order.</param>
public sealed record Reading(long Timestamp, IReadOnlyList<NodeStatus> Statuses)
{
    /// <summary>Acknowledged proofs, of all nodes since their start.</summary>
    public long ProofsAccepted => Statuses.Sum(status => status.ProofsAccepted);

    /// <summary>Refused submissions, of all nodes since their start.</summary>
    public long Refused => Statuses.Sum(status => status.Refused.Values.Sum());

    /// <summary>Proofs that the ledger counted, by the node that is furthest.</summary>
    public long ProofsFinalized => Statuses.Max(status => status.ProofsFinalized);

    /// <summary>The highest block of any node.</summary>
    public ulong Height => Statuses.Max(status => status.Height);
}
