using System.Text.Json.Nodes;

namespace Aeamc.P2P.Benchmarks.Libp2p;

/// <summary>Four processes of one implementation, each connected to each.</summary>
internal sealed class Mesh : IAsyncDisposable
{
    public const int Size = 4;

    private static int s_run;

    private Mesh(WorkerProcess[] workers) => Workers = workers;

    public WorkerProcess[] Workers { get; }

    /// <param name="ours">Whose.</param>
    /// <param name="pubsub">The signature policy; null for peers without gossipsub that are not connected either.</param>
    public static async Task<Mesh> StartAsync(bool ours, string? pubsub)
    {
        WorkerProcess[] workers = await Task.WhenAll(Enumerable.Range(0, Size).Select(_ => WorkerProcess.StartAsync(ours, pubsub))).ConfigureAwait(false);
        var mesh = new Mesh(workers);
        if (pubsub is not null)
        {
            foreach (WorkerProcess worker in workers)
            {
                await worker.CallAsync("subscribe").ConfigureAwait(false);
            }

            await mesh.ConnectAsync().ConfigureAwait(false);
        }

        return mesh;
    }

    /// <summary>One run of load on all four at once.</summary>
    /// <param name="size">Bytes of a message.</param>
    /// <param name="rate">Messages per second and publisher; 0 for as many as go.</param>
    /// <param name="warmup">Seconds before counting.</param>
    /// <param name="seconds">Seconds of counting.</param>
    public async Task<GossipFigures> GossipAsync(int size, double rate, double warmup, double seconds)
    {
        // A connection that failed since the last run is dialled again.
        await ConnectAsync().ConfigureAwait(false);
        int run = ++s_run;
        long start = Clock.Now + 200_000_000;
        JsonNode?[] results = await Task.WhenAll(Workers.Select((worker, author) => worker.CallAsync(
            "gossip",
            new { run, author, authors = Size, size, window = 128, rate, start, warmup, seconds }))).ConfigureAwait(false);
        double delivered = results.Sum(result => (double)result!["delivered"]!);
        return new GossipFigures(
            delivered / Size / seconds,
            results.Average(result => (double)result!["p50"]!),
            results.Max(result => (double)result!["p99"]!),
            results.Sum(result => (double)result!["cpu"]!) / delivered,
            results.Sum(result => (double)result!["allocated"]!) / delivered);
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(Workers.Select(worker => worker.DisposeAsync().AsTask())).ConfigureAwait(false);

    private async Task ConnectAsync()
    {
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < i; j++)
            {
                await Workers[i].CallAsync("dial", new { address = Workers[j].Address }).ConfigureAwait(false);
            }
        }

        // A pruned link comes back after its backoff of a minute.
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        foreach (WorkerProcess worker in Workers)
        {
            while ((int)(await worker.CallAsync("mesh").ConfigureAwait(false))! < Size - 1)
            {
                await look.WaitForNextTickAsync(late.Token).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>What one run showed.</summary>
/// <param name="Rate">Messages per second at each receiver.</param>
/// <param name="P50">Median milliseconds from publish to delivery.</param>
/// <param name="P99">The same at the 99th percentile, of the worst receiver.</param>
/// <param name="CpuMicroseconds">Processor time of all four per delivery, publishing included.</param>
/// <param name="AllocatedBytes">Managed bytes allocated by all four per delivery, publishing included; 0 of js.</param>
internal readonly record struct GossipFigures(double Rate, double P50, double P99, double CpuMicroseconds, double AllocatedBytes);
