using System.Diagnostics;
using System.Runtime.InteropServices;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.V2;
using Aeamc.P2P.Testnet.Chains;
using Aeamc.P2P.Testnet.Measuring;
using Aeamc.P2P.Testnet.Network;
using Aeamc.P2P.Testnet.Processes;
using Aeamc.P2P.Testnet.Reporting;

namespace Aeamc.P2P.Testnet;

/// <summary>One run from an empty folder to a verdict: chain, nodes, key generation, contract, phones and load, measuring, checks, stop.</summary>
public sealed class TestnetRun
{
    private readonly TestnetOptions _options;
    private readonly string _folder;
    private readonly TextWriter _output;
    private readonly List<CpuShare> _cpu = [];
    private RunEvidence _evidence;
    private Figures _figures = Figures.None;
    private double _signatureBound;
    private AnchorFigures _anchors;

    private TestnetRun(TestnetOptions options, string folder, TextWriter output)
    {
        _options = options;
        _folder = folder;
        _output = TextWriter.Synchronized(output);
        _evidence = new RunEvidence { Options = options };
        _anchors = new AnchorFigures(0, "", []);
    }

    /// <summary>Runs to the end of the duration, a signal, or a fault; prints as it goes and gives the exit code.</summary>
    public static async Task<int> RunAsync(TestnetOptions options, TextWriter output)
    {
        if (FindTakenPort(options) is { } taken)
        {
            await Console.Error.WriteLineAsync($"aeamc-testnet: port {taken} is in use. Stop what listens there, or choose other ports with --api-port and --p2p-port.").ConfigureAwait(false);
            return TestnetCommand.Usage;
        }

        string folder = options.Folder is { } named ? Path.GetFullPath(named) : Directory.CreateTempSubdirectory("aeamc-testnet-").FullName;
        var run = new TestnetRun(options, folder, output);
        using var stop = new StopSignal();
        Report report = await run.RunToReportAsync(stop.Token).ConfigureAwait(false);
        if (options.ReportFolder is { } reports)
        {
            ReportWriter.Write(reports, report, run._cpu, Machine());
            run.Say($"report: {Path.Combine(Path.GetFullPath(reports), "report.json")}");
        }

        bool remove = options.Folder is null && !options.Keep && report.Passed;
        run.Say(remove ? $"verdict: {report.Verdict}" : $"verdict: {report.Verdict}; files and logs are in {folder}");
        if (remove)
        {
            Directory.Delete(folder, recursive: true);
        }

        return report.Passed ? TestnetCommand.Pass : TestnetCommand.Fail;
    }

    private static int? FindTakenPort(TestnetOptions options) =>
        LocalPorts.FirstTaken(options.ApiPort, options.Nodes) ?? LocalPorts.FirstTaken(options.P2PPort, options.Nodes);

    private static string Machine() => $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}";

    private async Task<Report> RunToReportAsync(CancellationToken stop)
    {
        try
        {
            await RunNetworkAsync(stop).ConfigureAwait(false);
        }
        catch (TestnetException fault)
        {
            _evidence = _evidence with { Fault = fault.Message };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _evidence = _evidence with { Fault = "The run was stopped before it could be measured." };
        }

        IReadOnlyList<string> reasons = Verdict.Reasons(_evidence);
        var report = new Report(
            reasons.Count == 0 ? Verdict.Pass : Verdict.Fail,
            reasons,
            _figures.Seconds,
            _options.Nodes,
            _options.Devices,
            Environment.ProcessorCount,
            Fsync: true,
            _figures.Blocks,
            _figures.Proofs,
            _figures.Latency,
            Math.Round(_signatureBound, 1),
            _signatureBound > 0 ? Math.Round(_figures.Proofs.PerSecond / _signatureBound, 4) : 0,
            _anchors,
            _evidence.Chain.Equal,
            _figures.ResidentMb);
        _output.WriteLine();
        _output.Write(ReportWriter.Summary(report));
        foreach (string reason in reasons)
        {
            Say($"failed: {reason}");
        }

        return report;
    }

    private async Task RunNetworkAsync(CancellationToken stop)
    {
        _signatureBound = await SignatureBound.MeasureAsync(_options.Nodes, RunLimits.SignatureBound).ConfigureAwait(false);
        Say($"signature bound: {_signatureBound:0} proofs/s ({_options.Nodes} nodes checking everything on {Environment.ProcessorCount} cores)");
        using var guard = new ProcessGuard();
        await using AnchorChain chain = _options.Chain == ChainChoice.Anvil
            ? await AnvilChain.StartAsync(_options.Nodes, _options.Seed, guard, stop).ConfigureAwait(false)
            : new JournalChain();
        Say(chain.Settings is { } evm ? $"chain {chain.Name}: anvil at {evm.Rpc}" : "chain: each node's journal");
        _anchors = _anchors with { Chain = chain.Name };
        var options = new LocalTestnetOptions
        {
            Folder = _folder,
            Nodes = _options.Nodes,
            Seed = _options.Seed,
            ApiPort = _options.ApiPort,
            P2PPort = _options.P2PPort,
            Evm = chain.Settings,
        };
        await using LocalTestnet testnet = await LocalTestnet.CreateAsync(options, stop).ConfigureAwait(false);
        using var following = new CancellationTokenSource();
        try
        {
            testnet.StartAll();
            Say($"{_options.Nodes} nodes started; logs are {Path.Combine(_folder, "node-*", "node.log")}");
            var follower = new ChainFollower(testnet.Monitors[0], chain.Name, _output.WriteLine);
            Task followed = follower.RunAsync(following.Token);
            await StartNetworkAsync(testnet, chain, follower, stop).ConfigureAwait(false);
            await MeasureAsync(testnet, chain, follower, stop).ConfigureAwait(false);
            await following.CancelAsync().ConfigureAwait(false);
            await followed.ConfigureAwait(false);
        }
        finally
        {
            await following.CancelAsync().ConfigureAwait(false);
            Say("stopping");
            _evidence = _evidence with { Stops = await testnet.StopAllAsync().ConfigureAwait(false) };
        }
    }

    private async Task StartNetworkAsync(LocalTestnet testnet, AnchorChain chain, ChainFollower follower, CancellationToken stop)
    {
        await testnet.WaitUntilReadyAsync(RunLimits.Ready, stop, Say).ConfigureAwait(false);
        Say($"page: {testnet.ApiAddress(0)}");
        Say("key generation without a dealer runs among the nodes");
        NodeStatus status = await testnet.WaitForAsync(0, "the group key", RunLimits.GroupKey, seen => seen.GroupKey.Length > 0, stop).ConfigureAwait(false);
        follower.UseNames(status.Committee);
        await chain.UseGroupKeyAsync(status.GroupKey, status.Network, stop).ConfigureAwait(false);
        Say($"group key {status.GroupKey}{(chain.Settings is { } evm ? $"; contract at {evm.Contract}" : "")}");
    }

    private async Task MeasureAsync(LocalTestnet testnet, AnchorChain chain, ChainFollower follower, CancellationToken stop)
    {
        if (_options.Load.Wanted)
        {
            Say("registering the devices of the load");
        }

        await using Workload workload = await Workload.StartAsync(testnet, _options.Devices, _options.Load, _options.Seed, stop).ConfigureAwait(false);
        Say($"at work: {_options.Devices} phones, load {_options.Load}/s{(_options.Duration is { } duration ? $", for {duration.TotalSeconds:0} s" : "; Ctrl-C stops")}");
        Reading start = await ReadAsync(testnet).ConfigureAwait(false);
        var meter = new CpuMeter([.. testnet.Processes, .. chain.Processes, ("phones, load and this report", Environment.ProcessId)]);
        await WaitForEndAsync(testnet, workload, stop).ConfigureAwait(false);
        if (testnet.DescribeEnded() is { } ended)
        {
            throw new TestnetException(ended);
        }

        Reading end = await ReadAsync(testnet).ConfigureAwait(false);
        _cpu.AddRange(meter.Read());
        _figures = Figures.Between(start, end);
        await workload.StopAsync().ConfigureAwait(false);
        Say("load stopped; waiting until all that was acknowledged is finalized");
        await CheckAsync(testnet, chain, follower, start, end).ConfigureAwait(false);
    }

    /// <summary>Until the duration is over, a signal comes, or a node or a simulated device fails.</summary>
    private async Task WaitForEndAsync(LocalTestnet testnet, Workload workload, CancellationToken stop)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var over = Task.Delay(_options.Duration ?? Timeout.InfiniteTimeSpan, TimeProvider.System, waiting.Token);
        await Task.WhenAny([over, workload.Running, .. testnet.Exits]).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        await over.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>What must be true when the load has stopped. The checks are made whether or not a signal has come.</summary>
    private async Task CheckAsync(LocalTestnet testnet, AnchorChain chain, ChainFollower follower, Reading start, Reading end)
    {
        NodeStatus?[] drained = await DrainAsync(testnet).ConfigureAwait(false);
        ChainComparison comparison = await CompareAsync(testnet, drained).ConfigureAwait(false);
        string? anchorFault = await chain.FindFaultAsync(testnet, CancellationToken.None).ConfigureAwait(false);
        IReadOnlyList<AnchoredEvent> anchors = follower.Anchors;
        _anchors = new AnchorFigures(anchors.Count, chain.Name, [.. anchors.Where(anchor => anchor.Gas > 0).Select(anchor => anchor.Gas)]);
        ulong last = drained[0]?.Height ?? 0;
        _evidence = _evidence with
        {
            Measured = TimeSpan.FromSeconds(_figures.Seconds),
            Heights = [.. start.Statuses.Zip(drained, (before, after) => ((ulong?)before.Height, after?.Height))],
            Chain = comparison,
            ProofsAccepted = drained.Sum(status => status?.ProofsAccepted ?? 0),
            ProofsInBlocks = follower.Height >= last ? follower.ProofsInBlocks : null,
            ProofsFinalized = end.ProofsFinalized - start.ProofsFinalized,
            PendingAfterDrain = [.. drained.Select(status => status?.Pending)],
            Anchors = anchors.Count,
            AnchorFault = anchorFault,
        };
    }

    /// <summary>The nodes' statuses once nothing is pending any more, or once the time for that is over.</summary>
    private static async Task<NodeStatus?[]> DrainAsync(LocalTestnet testnet)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            NodeStatus?[] statuses = await testnet.StatusesAsync(CancellationToken.None).ConfigureAwait(false);
            if (Stopwatch.GetElapsedTime(started) > RunLimits.Drain || statuses.All(status => status is { Pending: 0 }))
            {
                return statuses;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System).ConfigureAwait(false);
        }
    }

    private static async Task<ChainComparison> CompareAsync(LocalTestnet testnet, NodeStatus?[] statuses)
    {
        if (Array.Exists(statuses, status => status is null))
        {
            return ChainComparison.NotMade;
        }

        ulong height = statuses.Min(status => status!.Height);
        BlockReply?[] blocks = await Task.WhenAll(testnet.Monitors.Select(monitor => monitor.BlockAsync(height, CancellationToken.None))).ConfigureAwait(false);
        return ChainComparison.Of(height, blocks).And([.. statuses.Select(status => (status!.Height, status.BlockHash, status.StateRoot))]);
    }

    private static async Task<Reading> ReadAsync(LocalTestnet testnet)
    {
        NodeStatus?[] statuses = await testnet.StatusesAsync(CancellationToken.None).ConfigureAwait(false);
        int silent = Array.FindIndex(statuses, status => status is null);
        return silent < 0
            ? new Reading(Stopwatch.GetTimestamp(), statuses!)
            : throw new TestnetException($"node-{silent} did not answer.");
    }

    private void Say(string text) => _output.WriteLine("== " + text);
}
