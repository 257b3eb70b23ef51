using System.Diagnostics;
using Aeamc.P2P.Node.Metrics;
using Aeamc.P2P.Testnet.Reporting;

namespace Aeamc.P2P.Testnet.Measuring;

/// <summary>What happened between two readings.</summary>
/// <param name="Seconds">The time between them.</param>
/// <param name="Blocks">Blocks finalized.</param>
/// <param name="Proofs">Proofs of task.</param>
/// <param name="Latency">Accept to finalized, of all nodes' entries.</param>
/// <param name="ResidentMb">MiB of each node at the end.</param>
public sealed record Figures(double Seconds, long Blocks, ProofFigures Proofs, LatencyFigures Latency, IReadOnlyList<double> ResidentMb)
{
    /// <summary>Of a run that never came to measuring.</summary>
    public static Figures None { get; } = new(0, 0, new ProofFigures(0, 0, 0, 0), new LatencyFigures(0, 0, 0), []);

    public static Figures Between(Reading start, Reading end)
    {
        double seconds = Stopwatch.GetElapsedTime(start.Timestamp, end.Timestamp).TotalSeconds;
        long finalized = end.ProofsFinalized - start.ProofsFinalized;
        long[] buckets = Subtract(Sum(end), Sum(start));
        return new Figures(
            Math.Round(seconds, 2),
            (long)end.Height - (long)start.Height,
            new ProofFigures(
                end.ProofsAccepted - start.ProofsAccepted, end.Refused - start.Refused, finalized, seconds > 0 ? Math.Round(finalized / seconds, 1) : 0),
            new LatencyFigures(At(buckets, 0.50), At(buckets, 0.95), At(buckets, 0.99)),
            [.. end.Statuses.Select(status => Math.Round(status.ResidentBytes / (1024.0 * 1024.0), 1))]);
    }

    private static double At(long[] buckets, double share) => Math.Round(LatencyHistogram.Percentile(buckets, share), 3);

    private static long[] Sum(Reading reading)
    {
        var sum = new long[reading.Statuses.Max(status => status.LatencyBuckets.Count)];
        foreach (IReadOnlyList<long> buckets in reading.Statuses.Select(status => status.LatencyBuckets))
        {
            for (int i = 0; i < buckets.Count; i++)
            {
                sum[i] += buckets[i];
            }
        }

        return sum;
    }

    /// <summary>A node that started anew counts from zero: a bucket never falls below that.</summary>
    private static long[] Subtract(long[] end, long[] start) =>
        [.. end.Select((count, i) => Math.Max(0, count - (i < start.Length ? start[i] : 0)))];
}
