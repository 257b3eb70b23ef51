using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Node.Metrics;
using Aeamc.P2P.Testnet.Measuring;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Benchmarks;

/// <summary>
/// Four real node processes on loopback, fsync on, with nothing to do but an empty block a second. What is printed: how long after its proposer's timestamp a block was
/// final on each node (by the node's own histogram, and when it was on the disk and a listener over HTTP had heard of it; timestamps are whole milliseconds), what one fsync
/// takes on the same disk meanwhile, and what a node takes of a core.
/// </summary>
internal static class IdleBenchmark
{
    private const int Nodes = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Key generation, the first checkpoint and the compiler's second tier go by before anything counts: at a block a second a method that is run once a block is
    /// called thirty times only after half a minute, and at 60 s the compiler still took a half of the nodes' processor time.
    /// </summary>
    public const int WarmingSeconds = 240;

    public static async Task RunAsync(int seconds, int warming)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("aeamc-idle-");
        try
        {
            await using LocalTestnet testnet = await LocalTestnet.CreateAsync(
                new LocalTestnetOptions { Folder = folder.FullName, Nodes = Nodes, ApiPort = LocalPorts.FindFree(Nodes), P2PPort = LocalPorts.FindFree(Nodes) }, CancellationToken.None);
            testnet.StartAll();
            await testnet.WaitUntilReadyAsync(Patience, CancellationToken.None);
            Console.Error.WriteLine($"{Nodes} nodes are up; {warming} s to warm, {seconds} s to measure");
            using var warm = new PeriodicTimer(TimeSpan.FromSeconds(warming));
            await warm.WaitForNextTickAsync();

            var finality = new ConcurrentBag<double>();
            var syncs = new List<double>();
            using var stop = new CancellationTokenSource();
            Task[] listening = [.. testnet.Monitors.Select(monitor => ListenAsync(monitor, finality, stop.Token))];
            NodeStatus?[] before = await testnet.StatusesAsync(CancellationToken.None);
            var meter = new CpuMeter(testnet.Processes);
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            long begun = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds)
            {
                syncs.Add(Sync(Path.Combine(folder.FullName, "probe")));
                await pace.WaitForNextTickAsync();
            }

            IReadOnlyList<CpuShare> shares = meter.Read();
            NodeStatus?[] after = await testnet.StatusesAsync(CancellationToken.None);
            await stop.CancelAsync();
            await Task.WhenAll(listening);
            Print(seconds, warming, Difference(before, after), [.. finality.Order()], [.. syncs.Order()], [.. shares.Select(share => share.Cores)]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Print(int seconds, int warming, long[] decided, double[] told, double[] syncs, double[] cores)
    {
        double[] final = LatencyHistogram.Percentiles(decided);
        double goal = (2 * At(syncs, 0.5)) + 5;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            cores {Environment.ProcessorCount}, {Nodes} processes, fsync on, {seconds} s after {warming} s, an empty block a second
            finality of an empty block, ms   n {decided.Sum()}, p50 {final[0]:0.0}, p95 {final[1]:0.0}, p99 {final[2]:0.0}
            on disk, and told over HTTP, ms  n {told.Length}, p50 {At(told, 0.5):0.0}, p95 {At(told, 0.95):0.0}, p99 {At(told, 0.99):0.0}
            one fsync of 4 KiB, ms           n {syncs.Length}, p50 {At(syncs, 0.5):0.00}, p95 {At(syncs, 0.95):0.00}
            two fsyncs and 5 ms              {goal:0.0}: {(final[0] <= goal ? "met" : "missed")} at p50
            processor of a node, % of a core {string.Join(", ", cores.Select(share => (share * 100).ToString("0.0", CultureInfo.InvariantCulture)))}: {(cores.Max() <= 0.03 ? "met" : "missed")} (3)
            """));
    }

    /// <summary>The durations that all nodes counted between the two readings.</summary>
    private static long[] Difference(NodeStatus?[] before, NodeStatus?[] after) =>
        [.. Enumerable.Range(0, after[0]!.FinalityBuckets.Count).Select(bucket => Enumerable.Range(0, Nodes).Sum(node => after[node]!.FinalityBuckets[bucket] - before[node]!.FinalityBuckets[bucket]))];

    private static async Task ListenAsync(NodeMonitor monitor, ConcurrentBag<double> finality, CancellationToken stop)
    {
        try
        {
            await foreach (NodeEvent happened in monitor.EventsAsync(stop))
            {
                if (happened is BlockFinalizedEvent { Entries: 0 } block)
                {
                    finality.Add((TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds - block.Timestamp);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Measured long enough.
        }
    }

    private static double Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        long begun = Stopwatch.GetTimestamp();
        file.Write(new byte[4_096]);
        file.Flush(flushToDisk: true);
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static double At(double[] sorted, double rank) => sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(rank * sorted.Length))];
}
