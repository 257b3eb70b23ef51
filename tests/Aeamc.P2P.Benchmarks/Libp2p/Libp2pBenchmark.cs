using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aeamc.P2P.Benchmarks.Libp2p;

/// <summary>
/// Ours and js-libp2p on one machine, in processes of their own, in turn (ours js ours js ...): gossip in a full mesh of four, streams,
/// handshakes, and what idle peers cost. Prints one JSON object; progress goes to standard error.
/// </summary>
internal sealed class Libp2pBenchmark
{
    private static readonly bool[] Sides = [true, false];
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(OneLine) { WriteIndented = true };

    private readonly bool _quick;
    private readonly int _rounds;
    private readonly double _seconds;
    private readonly double _warmup;
    private readonly string[] _only;
    private readonly bool[] _sides;
    private readonly JsonObject _report = [];

    private Libp2pBenchmark(bool quick, bool alone, string[] only)
    {
        _quick = quick;
        _only = only;
        _sides = alone ? [true] : Sides;
        (_rounds, _seconds, _warmup) = quick ? (1, 1.5, 0.5) : (5, 3, 1);
    }

    /// <summary>
    /// <c>libp2p [--json] [--quick] [--only PART,...] [--rate N] [--alone]</c>; the parts are unsigned, signed, allocation, streams, handshakes, idle. A rate
    /// measures nothing but gossip at so many messages a second at each receiver; alone is gossip without js.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        string? of(string option) => Array.IndexOf(args, option) is >= 0 and int at ? args[at + 1] : null;
        var benchmark = new Libp2pBenchmark(args.Contains("--quick"), args.Contains("--alone"), of("--only")?.Split(',') ?? []);
        JsonObject report = await (of("--rate") is { } rate
            ? benchmark.PacedAsync(double.Parse(rate, CultureInfo.InvariantCulture))
            : benchmark.MeasureAsync()).ConfigureAwait(false);
        Console.WriteLine(report.ToJsonString(args.Contains("--json") ? OneLine : Indented));
        return 0;
    }

    private async Task<JsonObject> MeasureAsync()
    {
        long start = Stopwatch.GetTimestamp();
        if (Wants("unsigned"))
        {
            await GossipAsync("unsigned", "StrictNoSign").ConfigureAwait(false);
        }

        if (Wants("signed"))
        {
            await GossipAsync("signed", "StrictSign").ConfigureAwait(false);
        }

        if (Wants("allocation"))
        {
            await AllocationAsync("unsigned", "StrictNoSign").ConfigureAwait(false);
            await AllocationAsync("signed", "StrictSign").ConfigureAwait(false);
        }

        if (Wants("streams"))
        {
            await StreamsAsync().ConfigureAwait(false);
        }

        if (Wants("handshakes"))
        {
            await HandshakesAsync().ConfigureAwait(false);
        }

        if (Wants("idle"))
        {
            await IdlePeersAsync().ConfigureAwait(false);
        }

        _report["machine"] = new JsonObject
        {
            ["cores"] = Environment.ProcessorCount,
            ["rounds"] = _rounds,
            ["secondsPerRound"] = _seconds,
            ["quick"] = _quick,
            ["framework"] = RuntimeInformation.FrameworkDescription,
            ["js"] = JsPackages.Versions(),
            ["tookSeconds"] = Comparison.Round(Stopwatch.GetElapsedTime(start).TotalSeconds),
        };
        return _report;
    }

    private async Task<JsonObject> PacedAsync(double rate)
    {
        await using Mesh ours = await Mesh.StartAsync(ours: true, "StrictNoSign").ConfigureAwait(false);
        await using Mesh js = await Mesh.StartAsync(ours: IsAlone, "StrictNoSign").ConfigureAwait(false);
        foreach (bool side in _sides)
        {
            await (side ? ours : js).GossipAsync(1024, 0, 0.5, _quick ? 1 : 2).ConfigureAwait(false);
        }

        await LatencyAsync(ours, js, rate).ConfigureAwait(false);
        return _report;
    }

    // Then the place of js is taken by processes that do nothing.
    private bool IsAlone => _sides.Length == 1;

    private bool Wants(string part) => _only.Length == 0 || _only.Contains(part);

    private async Task GossipAsync(string name, string policy)
    {
        await using Mesh ours = await Mesh.StartAsync(ours: true, policy).ConfigureAwait(false);
        await using Mesh js = await Mesh.StartAsync(ours: IsAlone, policy).ConfigureAwait(false);
        // Compilers on both sides have seen the code before anything counts.
        foreach (bool side in _sides)
        {
            await (side ? ours : js).GossipAsync(1024, 0, 0.5, _quick ? 1 : 2).ConfigureAwait(false);
        }

        foreach (int size in new[] { 256, 4096 })
        {
            var rate = new Comparison(10);
            var cpu = new Comparison(0.2, atMost: true);
            for (int round = 0; round < _rounds; round++)
            {
                foreach (bool side in _sides)
                {
                    GossipFigures figures = await (side ? ours : js).GossipAsync(size, 0, _warmup, _seconds).ConfigureAwait(false);
                    rate.Add(side, figures.Rate);
                    cpu.Add(side, figures.CpuMicroseconds);
                    Progress($"gossip {size} B {name} {Who(side)} {figures.Rate:N0}/s, {figures.CpuMicroseconds:N0} us of processor per delivery, p99 {figures.P99:N1} ms");
                }
            }

            _report[$"gossip_{size}_{name}"] = rate.ToJson();
            _report[$"cpu_per_delivery_us_{size}_{name}"] = cpu.ToJson();
            if (size == 256 && name == "unsigned" && !IsAlone)
            {
                await LatencyAsync(ours, js, rate.Theirs / 2).ConfigureAwait(false);
            }
        }
    }

    // Under lasting load: the messages of the last heartbeats, which are kept for IWANT, fill their memory first, and after that it is used again.
    private async Task AllocationAsync(string name, string policy)
    {
        await using Mesh mesh = await Mesh.StartAsync(ours: true, policy).ConfigureAwait(false);
        GossipFigures filling = await mesh.GossipAsync(4096, 0, 0, _quick ? 4 : 10).ConfigureAwait(false);
        var allocated = new List<double>();
        for (int round = 0; round < _rounds; round++)
        {
            GossipFigures figures = await mesh.GossipAsync(4096, 0, _warmup, _seconds).ConfigureAwait(false);
            allocated.Add(figures.AllocatedBytes);
            Progress($"gossip 4096 B {name} ours {figures.Rate:N0}/s, {figures.AllocatedBytes:N0} B allocated per delivery");
        }

        string key = $"allocation_per_4k_delivery_bytes_{name}";
        _report[key] = Ours(Comparison.Median(allocated), 1024);
        _report[key]!["in_the_first_seconds"] = Comparison.Round(filling.AllocatedBytes);
    }

    // Both at the rate of which the slower one reaches the double.
    private async Task LatencyAsync(Mesh ours, Mesh js, double rate)
    {
        var p99 = new Comparison(1.0 / 3, atMost: true);
        var cpu = new Comparison(0.2, atMost: true);
        for (int round = 0; round < _rounds; round++)
        {
            foreach (bool side in _sides)
            {
                GossipFigures figures = await (side ? ours : js).GossipAsync(256, rate / (Mesh.Size - 1), _warmup, _seconds).ConfigureAwait(false);
                p99.Add(side, figures.P99);
                cpu.Add(side, figures.CpuMicroseconds);
                Progress($"gossip 256 B unsigned at {rate:N0}/s {Who(side)} {figures.Rate:N0}/s, p50 {figures.P50:N2} ms, p99 {figures.P99:N2} ms, {figures.CpuMicroseconds:N0} us of processor per delivery");
            }
        }

        _report["gossip_p99_ms_at_js_half_rate"] = p99.ToJson();
        _report["gossip_p99_ms_at_js_half_rate"]!["rate"] = Comparison.Round(rate);
        _report["cpu_per_delivery_us_at_js_half_rate"] = cpu.ToJson();
    }

    private async Task StreamsAsync()
    {
        await using Mesh ours = await Mesh.StartAsync(ours: true, null).ConfigureAwait(false);
        await using Mesh js = await Mesh.StartAsync(ours: false, null).ConfigureAwait(false);
        var rate = new Comparison(1.5);
        foreach (Mesh mesh in new[] { ours, js })
        {
            await mesh.Workers[0].CallAsync("dial", new { address = mesh.Workers[1].Address }).ConfigureAwait(false);
            await SinkAsync(mesh, 50).ConfigureAwait(false);
        }

        int megabytes = _quick ? 100 : 300;
        for (int round = 0; round < _rounds; round++)
        {
            foreach (bool side in Sides)
            {
                double seconds = await SinkAsync(side ? ours : js, megabytes).ConfigureAwait(false);
                rate.Add(side, megabytes / seconds);
                Progress($"stream, 64 KiB writes {Who(side)} {megabytes / seconds:N0} MB/s");
            }
        }

        _report["streams_64k_mb_s"] = rate.ToJson();
    }

    private static async Task<double> SinkAsync(Mesh mesh, int megabytes) =>
        (double)(await mesh.Workers[0].CallAsync("sink", new { peer = mesh.Workers[1].Peer, megabytes, chunk = 64 << 10 }).ConfigureAwait(false))!;

    private async Task HandshakesAsync()
    {
        await using Mesh ours = await Mesh.StartAsync(ours: true, null).ConfigureAwait(false);
        await using Mesh js = await Mesh.StartAsync(ours: false, null).ConfigureAwait(false);
        var rate = new Comparison(3);
        foreach (Mesh mesh in new[] { ours, js })
        {
            await ShakeAsync(mesh, 1).ConfigureAwait(false);
        }

        for (int round = 0; round < _rounds; round++)
        {
            foreach (bool side in Sides)
            {
                double count = await ShakeAsync(side ? ours : js, _seconds).ConfigureAwait(false);
                rate.Add(side, count);
                Progress($"handshakes {Who(side)} {count:N0}/s");
            }
        }

        _report["handshakes_per_s"] = rate.ToJson();
    }

    // Three dial the fourth, hang up and dial again: connection, Noise and muxer each time.
    private static async Task<double> ShakeAsync(Mesh mesh, double seconds)
    {
        long start = Clock.Now + 100_000_000;
        JsonNode?[] counts = await Task.WhenAll(mesh.Workers.Skip(1).Select(worker =>
            worker.CallAsync("handshakes", new { address = mesh.Workers[0].Address, start, seconds }))).ConfigureAwait(false);
        return counts.Sum(count => (double)count!) / seconds;
    }

    // The same load with and without peers that are connected and do nothing.
    private async Task IdlePeersAsync()
    {
        const int Count = 40;
        await using Mesh mesh = await Mesh.StartAsync(ours: true, "StrictNoSign").ConfigureAwait(false);
        await using WorkerProcess crowd = await WorkerProcess.StartAsync(ours: true, null).ConfigureAwait(false);
        string[] addresses = [.. mesh.Workers.Select(worker => worker.Address)];
        await mesh.GossipAsync(256, 0, 0.5, _quick ? 1 : 2).ConfigureAwait(false);
        var cpu = new Comparison(1.15, atMost: true);
        var memory = new List<double>();
        for (int round = 0; round < _rounds; round++)
        {
            foreach (bool with in Sides)
            {
                if (with)
                {
                    double before = (double)(await mesh.Workers[0].CallAsync("memory").ConfigureAwait(false))!;
                    await crowd.CallAsync("crowd", new { addresses, count = Count }).ConfigureAwait(false);
                    memory.Add(((double)(await mesh.Workers[0].CallAsync("memory").ConfigureAwait(false))! - before) / Count);
                }

                GossipFigures figures = await mesh.GossipAsync(256, 0, _warmup, _seconds).ConfigureAwait(false);
                cpu.Add(with, figures.CpuMicroseconds);
                Progress($"gossip 256 B unsigned with {(with ? Count : 0)} idle peers at each: {figures.Rate:N0}/s, {figures.CpuMicroseconds:N1} us of processor per delivery");
                if (with)
                {
                    await crowd.CallAsync("disperse").ConfigureAwait(false);
                }
            }
        }

        _report["idle_peers_cpu_per_delivery_us"] = cpu.ToJson("without_idle_peers");
        _report["idle_peers_cpu_per_delivery_us"]!["idle_peers"] = Count;
        _report["idle_peer_memory_bytes"] = Ours(Comparison.Median(memory), 64 << 10);
    }

    private static JsonObject Ours(double figure, double goal) => new()
    {
        ["ours"] = Comparison.Round(figure),
        ["goal"] = $"<= {Comparison.Round(goal)}",
        ["met"] = figure <= goal,
    };

    private static string Who(bool ours) => ours ? "ours" : "js  ";

    private static void Progress(FormattableString line) => Console.Error.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
