using System.Globalization;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Testnet.Network;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Testnet.Crash;

/// <summary>
/// Four real nodes under load, killed with SIGKILL again and again, at any moment and between any two steps of writing. Every member writes down what it hears from the
/// others; in the end all of it is compared, all blocks ever called final are looked for on every node, all acknowledged proofs in the ledger, and each database is verified.
/// </summary>
public sealed class CrashSweep
{
    private const int Nodes = 4;
    private const int KilledBySignal = 128 + 9;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan PointPatience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly CrashOptions _options;
    private readonly LocalTestnet _testnet;
    private readonly Action<string> _say;
    private readonly Random _random;
    private readonly FinalizedClaims _claims = new();
    private readonly List<string> _violations = [];
    private readonly SortedDictionary<string, int> _struck = new(StringComparer.Ordinal);
    private readonly List<double> _answering = [];
    private readonly List<double> _following = [];
    private readonly List<double> _followingSeveral = [];
    private readonly List<(int Node, DateTimeOffset Started)> _starts = [];
    private int _kills;

    private CrashSweep(CrashOptions options, LocalTestnet testnet, Action<string> say)
    {
        _options = options;
        _testnet = testnet;
        _say = say;
        _random = new Random(unchecked((int)options.Seed));
    }

    /// <summary>Runs a whole sweep and gives its report.</summary>
    public static async Task<CrashReport> RunAsync(CrashOptions options, string folder, Action<string> say, CancellationToken stop)
    {
        await using LocalTestnet testnet = await LocalTestnet.CreateAsync(
            new LocalTestnetOptions
            {
                Folder = folder,
                Nodes = Nodes,
                Seed = options.Seed,
                ApiPort = LocalPorts.FindFree(Nodes),
                P2PPort = LocalPorts.FindFree(Nodes),
                NodeEnvironment = node => new Dictionary<string, string>
                {
                    [VoteRecorder.Variable] = RecordFile(folder, node),
                    ["AEAMC__STORAGE__WAL_SEGMENT_KB"] = "64",
                },
            },
            stop).ConfigureAwait(false);
        return await new CrashSweep(options, testnet, say).RunAsync(stop).ConfigureAwait(false);
    }

    private static string RecordFile(string folder, int node) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"heard-by-{node}.votes"));

    private async Task<CrashReport> RunAsync(CancellationToken stop)
    {
        _testnet.StartAll();
        await _testnet.WaitUntilReadyAsync(Patience, stop).ConfigureAwait(false);
        await using PromisedProofs proofs = await PromisedProofs.StartAsync(_testnet, _options.Devices, _options.Seed, stop).ConfigureAwait(false);
        _say($"{Nodes} nodes are up; {_options.Kills} kills, seed {_options.Seed}");
        long begun = TimeProvider.System.GetTimestamp();
        long told = begun;
        while (_kills < _options.Kills && _violations.Count == 0 && !stop.IsCancellationRequested)
        {
            try
            {
                await KillOnceAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Ctrl-C: what was done so far is judged all the same.
                await RecoverAsync([.. Enumerable.Range(0, Nodes).Where(node => _testnet.Process(node)!.HasExited)], CancellationToken.None).ConfigureAwait(false);
            }

            if (TimeProvider.System.GetElapsedTime(told) > TimeSpan.FromSeconds(15))
            {
                told = TimeProvider.System.GetTimestamp();
                _say($"{_kills} kills, {_claims.Count} blocks seen, {proofs.Count} proofs acknowledged, follows again after {RecoveryFigures.Of(_following)} ms");
            }
        }

        double seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        await proofs.StopAsync().ConfigureAwait(false);
        return await JudgeAsync(proofs, seconds).ConfigureAwait(false);
    }

    /// <summary>One kill and the recovery from it.</summary>
    private async Task KillOnceAsync(CancellationToken stop)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(_options.Pause + 1)), TimeProvider.System, stop).ConfigureAwait(false);
        await NoteClaimsAsync(stop).ConfigureAwait(false);
        int[] victims = DrawVictims();
        await Task.WhenAll(victims.Select(KillAsync)).ConfigureAwait(false);
        if (victims is [int alone])
        {
            if (_random.Next(100) < _options.AtPoints)
            {
                await DieAtPointAsync(alone, CrashPoint.All[_random.Next(CrashPoint.All.Count)], 1 + _random.Next(20), stop).ConfigureAwait(false);
            }

            while (_random.Next(100) < _options.Again)
            {
                await DieWhileStartingAsync(alone, stop).ConfigureAwait(false);
            }
        }

        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(200)), TimeProvider.System, stop).ConfigureAwait(false);
        await RecoverAsync(victims, stop).ConfigureAwait(false);
    }

    /// <summary>Mostly one node; sometimes two, without whom the network stands still; seldom all.</summary>
    private int[] DrawVictims()
    {
        int[] nodes = [.. Enumerable.Range(0, Nodes)];
        _random.Shuffle(nodes);
        int dice = _random.Next(100);
        return dice < _options.All ? nodes : nodes[..(dice < _options.All + _options.Double ? 2 : 1)];
    }

    private async Task KillAsync(int node)
    {
        ChildProcess process = _testnet.Process(node)!;
        if (process.HasExited)
        {
            Violate($"node-{node} had ended by itself with exit code {process.Exited.Result}:\n{process.Tail(8)}");
            return;
        }

        await process.KillAsync().ConfigureAwait(false);
        Interlocked.Increment(ref _kills);
    }

    /// <summary>Starts the node and kills it at any moment of the start, recovery included.</summary>
    private async Task DieWhileStartingAsync(int node, CancellationToken stop)
    {
        _testnet.Start(node);
        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(_options.AgainWithin)), TimeProvider.System, stop).ConfigureAwait(false);
        await KillAsync(node).ConfigureAwait(false);
    }

    /// <summary>Starts the node so that it kills itself at a place; kills it when it does not come by there.</summary>
    private async Task DieAtPointAsync(int node, string point, int passing, CancellationToken stop)
    {
        ChildProcess process = _testnet.Start(node, new Dictionary<string, string> { [CrashPoint.Variable] = string.Create(CultureInfo.InvariantCulture, $"{point}:{passing}") });
        Task late = Task.Delay(PointPatience, TimeProvider.System, stop);
        if (await Task.WhenAny(process.Exited, late).ConfigureAwait(false) == late)
        {
            await process.KillAsync().ConfigureAwait(false);
            _kills++;
            return;
        }

        int code = await process.Exited.ConfigureAwait(false);
        if (code != KilledBySignal)
        {
            _violations.Add($"node-{node}, armed for {point}:{passing}, ended by itself with exit code {code}:\n{process.Tail(8)}");
        }

        _struck[point] = _struck.GetValueOrDefault(point) + 1;
        _kills++;
    }

    /// <summary>Starts nodes and waits until each has finalized a block above all that anybody had at that moment.</summary>
    private async Task RecoverAsync(int[] nodes, CancellationToken stop)
    {
        NodeStatus?[] before = await _testnet.StatusesAsync(stop).ConfigureAwait(false);
        ulong goal = before.Max(status => status?.Height ?? 0) + 1;
        foreach (int node in nodes)
        {
            if (_testnet.Process(node)!.HasExited)
            {
                _testnet.Start(node);
                _starts.Add((node, TimeProvider.System.GetUtcNow()));
            }
        }

        List<double> times = nodes.Length == 1 ? _following : _followingSeveral;
        await Task.WhenAll(nodes.Select(node => FollowAsync(node, goal, times, TimeProvider.System.GetTimestamp(), stop))).ConfigureAwait(false);
    }

    private async Task FollowAsync(int node, ulong goal, List<double> times, long started, CancellationToken stop)
    {
        bool answered = false;
        while (TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            if (_testnet.Process(node) is { HasExited: true } ended)
            {
                Violate($"node-{node} ended by itself with exit code {ended.Exited.Result}:\n{ended.Tail(8)}");
                return;
            }

            if (await _testnet.StatusAsync(node, stop).ConfigureAwait(false) is { } status)
            {
                double elapsed = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
                lock (_answering)
                {
                    if (!answered)
                    {
                        answered = true;
                        _answering.Add(elapsed);
                    }

                    if (status.Height >= goal)
                    {
                        _claims.Note(node, status);
                        times.Add(elapsed);
                        return;
                    }
                }
            }

            await Task.Delay(Look, TimeProvider.System, stop).ConfigureAwait(false);
        }

        Violate($"node-{node} did not reach height {goal} within {Patience.TotalSeconds:0} s\n{await _testnet.DescribeAsync().ConfigureAwait(false)}");
    }

    private void Violate(string what)
    {
        lock (_answering)
        {
            _violations.Add(what);
        }
    }

    private async Task NoteClaimsAsync(CancellationToken stop)
    {
        NodeStatus?[] statuses = await _testnet.StatusesAsync(stop).ConfigureAwait(false);
        for (int i = 0; i < Nodes; i++)
        {
            if (statuses[i] is { } status)
            {
                _claims.Note(i, status);
            }
        }
    }

    /// <summary>Looks at everything once nothing is killed any more.</summary>
    private async Task<CrashReport> JudgeAsync(PromisedProofs proofs, double seconds)
    {
        _say("looking up acknowledged proofs and final blocks, comparing votes, verifying databases");
        foreach ((Primitives.Hash256 id, int node) in (await proofs.FindLostAsync(Patience, CancellationToken.None).ConfigureAwait(false)).Take(5))
        {
            _violations.Add($"proof {id}, acknowledged by node-{node}, has no outcome");
        }

        _violations.AddRange(await _claims.CompareAsync(_testnet, CancellationToken.None).ConfigureAwait(false));
        ulong blocks = (await _testnet.StatusAsync(0, CancellationToken.None).ConfigureAwait(false))?.Height ?? 0;
        foreach (StopOutcome outcome in await _testnet.StopAllAsync().ConfigureAwait(false))
        {
            if (!outcome.Clean)
            {
                _violations.Add($"a node did not stop cleanly in the end: {outcome}");
            }
        }

        for (int node = 0; node < Nodes; node++)
        {
            await ExamineAsync(node, ["db", "verify"]).ConfigureAwait(false);
            await ExamineAsync(node, ["wal", "inspect"]).ConfigureAwait(false);
        }

        var votes = new VoteComparison(GenesisFile.Load(Path.Combine(_testnet.Folder, "genesis.json")));
        for (int node = 0; node < Nodes; node++)
        {
            votes.Read(RecordFile(_testnet.Folder, node));
        }

        _violations.AddRange(votes.Violations);
        IEnumerable<double> voting = _starts
            .Select(start => (votes.FirstNewVote(start.Node, start.Started) - start.Started)?.TotalMilliseconds)
            .OfType<double>()
            .Where(time => time < Patience.TotalMilliseconds);
        return new CrashReport(
            _violations.Count == 0 ? "pass" : "fail", _violations, _options.Seed, Math.Round(seconds, 1), _kills, _struck, votes.Votes, votes.Messages, blocks, proofs.Count,
            RecoveryFigures.Of(_answering), RecoveryFigures.Of(voting), RecoveryFigures.Of(_following), RecoveryFigures.Of(_followingSeveral));
    }

    private async Task ExamineAsync(int node, IReadOnlyList<string> command)
    {
        (int code, string output) = await _testnet.RunAsync(node, command, CancellationToken.None).ConfigureAwait(false);
        if (code != 0)
        {
            _violations.Add($"aeamc {string.Join(' ', command)} of node-{node} gives {code}:\n{output}");
        }
    }
}
