using System.Numerics;

namespace Aeamc.P2P.Node.Metrics;

/// <summary>
/// Counts durations in log-linear buckets (16 per power of two of a microsecond), so that any percentile is right within 6 %, memory is
/// constant and histograms of several nodes can be added. Safe for many writers.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBuckets = 16;
    private const int Octaves = 32;

    private readonly long[] _counts = new long[Octaves * SubBuckets];
    private long _microseconds;

    /// <summary>All counted durations together.</summary>
    public TimeSpan Total => TimeSpan.FromMicroseconds(Interlocked.Read(ref _microseconds));

    /// <summary>Counts one duration; negative ones count as zero.</summary>
    public void Record(TimeSpan duration)
    {
        ulong microseconds = (ulong)Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        Interlocked.Increment(ref _counts[BucketOf(microseconds)]);
        Interlocked.Add(ref _microseconds, (long)microseconds);
    }

    /// <summary>A copy of the bucket counts, for status output.</summary>
    public long[] Snapshot()
    {
        var copy = new long[_counts.Length];
        for (int i = 0; i < copy.Length; i++)
        {
            copy[i] = Interlocked.Read(ref _counts[i]);
        }

        return copy;
    }

    /// <summary>How many of the counted durations are shorter than a power of two of microseconds: such a limit is the end of a bucket, so the count is exact.</summary>
    /// <param name="counts">Bucket counts.</param>
    /// <param name="exponent">4 to 34: 10 for 1.024 ms, 20 for about a second.</param>
    public static long CountBelow(IReadOnlyList<long> counts, int exponent) => counts.Take((exponent - 3) * SubBuckets).Sum();

    /// <summary>Half of the durations, nineteen in twenty and ninety-nine in a hundred do not exceed these, in milliseconds.</summary>
    public static double[] Percentiles(IReadOnlyList<long> counts) => [Percentile(counts, 0.50), Percentile(counts, 0.95), Percentile(counts, 0.99)];

    /// <summary>The smallest duration in milliseconds that at least <paramref name="share"/> of all counted ones do not exceed; 0 when none are counted.</summary>
    /// <param name="counts">Bucket counts, perhaps of several nodes added up.</param>
    /// <param name="share">0..1, for example 0.99.</param>
    public static double Percentile(IReadOnlyList<long> counts, double share)
    {
        long total = 0;
        foreach (long count in counts)
        {
            total += count;
        }

        long wanted = Math.Max(1, (long)Math.Ceiling(total * share));
        long seen = 0;
        for (int bucket = 0; bucket < counts.Count && total > 0; bucket++)
        {
            seen += counts[bucket];
            if (seen >= wanted)
            {
                return UpperBound(bucket) / 1000.0;
            }
        }

        return 0;
    }

    private static int BucketOf(ulong microseconds)
    {
        if (microseconds < SubBuckets)
        {
            return (int)microseconds;
        }

        int octave = BitOperations.Log2(microseconds) - 3;
        int sub = (int)((microseconds >> (octave - 1)) & (SubBuckets - 1));
        return Math.Min((octave * SubBuckets) + sub, (Octaves * SubBuckets) - 1);
    }

    /// <summary>The longest duration that a bucket counts, in microseconds; the next bucket begins there.</summary>
    public static double UpperBound(int bucket)
    {
        int octave = bucket / SubBuckets;
        int sub = bucket % SubBuckets;
        return octave == 0 ? sub + 1 : (double)(((ulong)(SubBuckets + sub) + 1) << (octave - 1));
    }
}
