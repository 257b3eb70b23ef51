using System.Diagnostics;
using System.Globalization;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Node.Metrics;

namespace Aeamc.P2P.Benchmarks.Sync;

/// <summary>What the live nodes did over some windows of time, added up.</summary>
internal sealed class LiveFigures
{
    private readonly List<long> _latency = [];
    private readonly SortedDictionary<string, long> _nullified = new(StringComparer.Ordinal);
    private double _seconds;
    private double _blocks;
    private double _processor;

    /// <summary>Blocks a second.</summary>
    public double BlockRate => _blocks / _seconds;

    /// <summary>Processor seconds per second, all live nodes together.</summary>
    public double Cores => _processor / _seconds;

    /// <summary>Views that the first live node gave up, by reason, and how many blocks went by meanwhile.</summary>
    public string Nullified => string.Create(CultureInfo.InvariantCulture, $"{_blocks:0} blocks; {string.Join(", ", _nullified.Where(pair => pair.Value > 0).Select(pair => $"{pair.Key} {pair.Value}"))}");

    /// <summary>Entries whose time from accept to finalized was counted.</summary>
    public long Entries => _latency.Sum();

    /// <summary>Adds the time between two moments.</summary>
    public void Add(LiveMoment start, LiveMoment end)
    {
        _seconds += Stopwatch.GetElapsedTime(start.Timestamp, end.Timestamp).TotalSeconds;
        _blocks += end.Height - start.Height;
        _processor += (end.Processor - start.Processor).TotalSeconds;
        foreach ((string reason, long count) in end.Statuses[0].NullifiedViews)
        {
            _nullified[reason] = _nullified.GetValueOrDefault(reason) + count - start.Statuses[0].NullifiedViews.GetValueOrDefault(reason);
        }

        for (int node = 0; node < end.Statuses.Count; node++)
        {
            IReadOnlyList<long> before = start.Statuses[node].LatencyBuckets;
            IReadOnlyList<long> after = end.Statuses[node].LatencyBuckets;
            while (_latency.Count < after.Count)
            {
                _latency.Add(0);
            }

            for (int bucket = 0; bucket < after.Count; bucket++)
            {
                _latency[bucket] += after[bucket] - before[bucket];
            }
        }
    }

    /// <summary>
    /// A percentile of accept to finalized, in milliseconds. Within a bucket, 6 % wide, durations are taken as spread evenly: whole buckets would be too
    /// coarse to compare within a tenth.
    /// </summary>
    /// <param name="share">0..1.</param>
    public double Latency(double share)
    {
        double wanted = Entries * share;
        double seen = 0;
        for (int bucket = 0; bucket < _latency.Count; bucket++)
        {
            if (_latency[bucket] > 0 && seen + _latency[bucket] >= wanted)
            {
                double lower = bucket == 0 ? 0 : LatencyHistogram.UpperBound(bucket - 1);
                double upper = LatencyHistogram.UpperBound(bucket);
                return (lower + ((upper - lower) * (wanted - seen) / _latency[bucket])) / 1000;
            }

            seen += _latency[bucket];
        }

        return double.NaN;
    }
}

/// <summary>The live nodes' counters at one moment.</summary>
/// <param name="Timestamp">Of <see cref="Stopwatch"/>.</param>
/// <param name="Processor">Time that the live nodes took together since they were started.</param>
/// <param name="Statuses">One for each live node, in order.</param>
internal sealed record LiveMoment(long Timestamp, TimeSpan Processor, IReadOnlyList<NodeStatus> Statuses)
{
    /// <summary>The highest finalized block.</summary>
    public ulong Height => Statuses.Max(status => status.Height);
}
