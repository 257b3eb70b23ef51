using System.Diagnostics;
using System.Globalization;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Testnet;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Benchmarks.Sync;

/// <summary>
/// How fast a node that is far behind catches up with a network under light load, and what that costs the network: four times of equal kind are compared,
/// nothing beside the live nodes, a burner that takes as much processor time as the late node does, the late node, and the same node once it has caught up and
/// follows. Late node and burner have the processor only while nobody else wants it, for elsewhere the late node has a machine of its own. Beside a burner the others send nobody their votes, batches
/// and proposals; beside the node that follows they do, as in any whole network, so that what is left is mostly what serving costs.
/// </summary>
internal sealed class SyncBenchmark(SyncOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    private readonly LiveFigures _alone = new();
    private readonly LiveFigures _beside = new();
    private readonly LiveFigures _during = new();
    private readonly LiveFigures _following = new();
    private readonly List<CatchUp> _catchUps = [];

    /// <summary>Measures and prints.</summary>
    public async Task RunAsync()
    {
        Line($"cores {Environment.ProcessorCount}, {LateNetwork.Nodes} processes, fsync on, {options.Load} proofs/s meanwhile, {options.Rounds} rounds; late node and burner have the processor only while nobody else wants it (SCHED_IDLE), for elsewhere the late node has a machine of its own");
        Line($"start = {options.Start}, {options.Blocks:N0} blocks behind, {options.Proofs} proofs a block");
        await using LateNetwork network = await LateNetwork.CreateAsync(options);
        for (int round = 0; round < options.Rounds; round++)
        {
            await RoundAsync(network);
        }

        Report();
    }

    private async Task RoundAsync(LateNetwork network)
    {
        await network.BeginAsync();
        await using Workload load = await Workload.StartAsync(network.Testnet, 0, new LoadTarget(options.Load), 1, CancellationToken.None, LateNetwork.Live);
        await LetPassAsync(Settling);
        LiveMoment start = await network.LookAsync();
        await LetPassAsync(Quiet);
        LiveMoment before = await network.LookAsync();
        _alone.Add(start, before);

        CatchUp made = await CatchUpAsync(network, before);
        LiveMoment after = await network.LookAsync();
        _during.Add(before, after);
        bool same = await network.IsSameAsync(before.Height);
        _catchUps.Add(made with { Same = same });
        Line($"  {before.Height:N0} blocks in {made.Seconds:0.0} s, first block after {made.FirstSeconds:0.0} s; processor time {made.ProcessorSeconds:0.0} s; resident {made.ResidentBytes >> 20} MiB; same block and state: {same}");

        await LetPassAsync(Settling);
        LiveMoment following = await network.LookAsync();
        await LetPassAsync(Quiet);
        _following.Add(following, await network.LookAsync());

        await network.Testnet.KillAsync(LateNetwork.Late);
        await LetPassAsync(Settling);
        using var burner = new BurnerProcess(made.ProcessorSeconds / made.Seconds);
        LiveMoment burning = await network.LookAsync();
        await LetPassAsync(TimeSpan.FromSeconds(Math.Max(made.Seconds, 8)));
        _beside.Add(burning, await network.LookAsync());
        await load.StopAsync();
    }

    private static async Task<CatchUp> CatchUpAsync(LateNetwork network, LiveMoment before)
    {
        long begun = Stopwatch.GetTimestamp();
        ChildProcess process = network.Testnet.Start(LateNetwork.Late, standsBack: true);
        double first = 0;
        ulong firstHeight = 0;
        using var look = new PeriodicTimer(Look);
        while (await look.WaitForNextTickAsync())
        {
            NodeStatus? status = await network.Testnet.StatusAsync(LateNetwork.Late, CancellationToken.None);
            double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            if (first == 0 && status is { Height: > 0 })
            {
                (first, firstHeight) = (seconds, status.Height);
            }

            if (status is not null && status.Height >= before.Height)
            {
                double used = ProcessUsage.Of(process.Id)!.Value.CpuTime.TotalSeconds;
                return new CatchUp(before.Height, seconds, first, firstHeight, used, status.ResidentBytes, false);
            }

            if (process.HasExited || seconds > Patience.TotalSeconds)
            {
                throw new TestnetException($"The late node did not catch up.\n{await network.Testnet.DescribeAsync()}");
            }
        }

        throw new UnreachableException();
    }

    /// <summary>What is measured is a time: it must go by.</summary>
    private static async Task LetPassAsync(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync();
    }

    private void Report()
    {
        double live = _alone.BlockRate;
        double fromStart = _catchUps.Sum(made => (double)made.Height) / _catchUps.Sum(made => made.Seconds);
        double fromFirst = _catchUps.Sum(made => (double)(made.Height - made.FirstHeight)) / _catchUps.Sum(made => made.Seconds - made.FirstSeconds);
        Line($"live rate {live:0.0} blocks/s before, {_beside.BlockRate:0.0} beside a burner, {_during.BlockRate:0.0} during");
        Line($"caught up with {fromStart:N0} blocks/s from the start of the process ({fromStart / live:0.0}x the live rate), {fromFirst:N0} blocks/s from its first block ({fromFirst / live:0.0}x)");
        Line($"{"accept to finalized, ms",-26}{"p50",8}{"p95",8}{"entries",9}{"cores",7}  views given up");
        Row("nothing beside", _alone);
        Row("beside a burner", _beside);
        Row("during", _during);
        Row("the node follows", _following);
        Line($"during : beside a burner = {_during.Latency(0.5) / _beside.Latency(0.5):0.00} (p50), {_during.Latency(0.95) / _beside.Latency(0.95):0.00} (p95); during : nothing beside = {_during.Latency(0.5) / _alone.Latency(0.5):0.00}, {_during.Latency(0.95) / _alone.Latency(0.95):0.00}");
        Line($"during : the node follows = {_during.Latency(0.5) / _following.Latency(0.5):0.00} (p50), {_during.Latency(0.95) / _following.Latency(0.95):0.00} (p95)");
        Line($"same block and state in all rounds: {_catchUps.TrueForAll(made => made.Same)}");
    }

    private static void Row(string name, LiveFigures figures) => Line($"{name,-26}{figures.Latency(0.5),8:0.0}{figures.Latency(0.95),8:0.0}{figures.Entries,9:N0}{figures.Cores,7:0.00}  {figures.Nullified}");

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>One catching up.</summary>
    /// <param name="Height">The head of the live nodes when the late one was started, which it had to reach.</param>
    /// <param name="Seconds">From the start of the process.</param>
    /// <param name="FirstSeconds">When it was first seen with a block.</param>
    /// <param name="FirstHeight">How many it had then.</param>
    /// <param name="ProcessorSeconds">What it took.</param>
    /// <param name="ResidentBytes">At the end.</param>
    /// <param name="Same">Whether it had the same block and state there.</param>
    private sealed record CatchUp(ulong Height, double Seconds, double FirstSeconds, ulong FirstHeight, double ProcessorSeconds, long ResidentBytes, bool Same);
}
