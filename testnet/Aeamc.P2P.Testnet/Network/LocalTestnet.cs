using System.Globalization;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Testnet.Network;

/// <summary>
/// A network of real <c>aeamc run</c> processes on this machine. Nodes can be stopped, killed and started again one by one; disposing it kills
/// what still runs, and so does the death of this process.
/// </summary>
public sealed class LocalTestnet : IAsyncDisposable
{
    /// <summary>How long a node may take to stop after SIGTERM.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan InitLimit = TimeSpan.FromSeconds(60);

    private readonly LocalTestnetOptions _options;
    private readonly string _binary;
    private readonly ProcessGuard _guard;
    private readonly ChildProcess?[] _nodes;

    private LocalTestnet(LocalTestnetOptions options, string binary, ProcessGuard guard)
    {
        _options = options;
        _binary = binary;
        _guard = guard;
        _nodes = new ChildProcess?[options.Nodes];
        Monitors = [.. Enumerable.Range(0, options.Nodes).Select(i => new NodeMonitor(ApiAddress(i)))];
    }

    public string Folder => _options.Folder;

    public int Count => _options.Nodes;

    /// <summary>One for each node, whether it runs or not.</summary>
    public IReadOnlyList<NodeMonitor> Monitors { get; }

    /// <summary>The file with the seed of the requester's Ed25519 key in hexadecimal.</summary>
    public string RequesterKeyFile => Path.Combine(Folder, "requester.key");

    /// <summary>Makes the network's files with <c>aeamc testnet init</c>. Starts no node.</summary>
    /// <exception cref="TestnetException">The command refused; the message is its own.</exception>
    public static async Task<LocalTestnet> CreateAsync(LocalTestnetOptions options, CancellationToken cancellation)
    {
        string binary = options.Binary ?? NodeBinary.Find();
        Directory.CreateDirectory(options.Folder);
        var testnet = new LocalTestnet(options, binary, new ProcessGuard());
        try
        {
            await testnet.InitAsync(cancellation).ConfigureAwait(false);
            return testnet;
        }
        catch
        {
            await testnet.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public string NodeFolder(int node) => Path.Combine(Folder, $"node-{node}");

    public string ConfigFile(int node) => Path.Combine(NodeFolder(node), "node.toml");

    public string DataFolder(int node) => Path.Combine(NodeFolder(node), "data");

    public Uri ApiAddress(int node) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_options.ApiPort + node}/"));

    public int P2PPort(int node) => _options.P2PPort + node;

    /// <summary>Names and process ids of the nodes that were started.</summary>
    public IReadOnlyList<(string Name, int Id)> Processes => [.. _nodes.OfType<ChildProcess>().Select(node => (node.Name, node.Id))];

    /// <summary>Each completes when the node that was started ends.</summary>
    public IReadOnlyList<Task> Exits => [.. _nodes.OfType<ChildProcess>().Select(node => node.Exited)];

    /// <summary>The running process of a node; null when it does not run.</summary>
    public ChildProcess? Process(int node) => _nodes[node];

    /// <summary>Starts a node that does not run.</summary>
    /// <param name="node">Which.</param>
    /// <param name="environment">Variables for this run alone.</param>
    /// <param name="standsBack">Whether it has the processor only while nobody else wants it (SCHED_IDLE, sched(7)).</param>
    public ChildProcess Start(int node, IReadOnlyDictionary<string, string>? environment = null, bool standsBack = false)
    {
        if (_nodes[node] is { HasExited: false })
        {
            throw new InvalidOperationException($"node-{node} runs already.");
        }

        return _nodes[node] = StartSecond(node, environment, standsBack);
    }

    public void StartAll()
    {
        for (int i = 0; i < Count; i++)
        {
            Start(i);
        }
    }

    /// <summary>Starts one more process on a node's files, which is not one of this network's nodes: it should refuse to run.</summary>
    public ChildProcess StartSecond(int node, IReadOnlyDictionary<string, string>? environment = null, bool standsBack = false)
    {
        var all = new Dictionary<string, string>(_options.NodeEnvironment(node));
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            all[name] = value;
        }

        string[] run = [_binary, "run", "--config", ConfigFile(node)];
        string[] command = standsBack ? ["chrt", "--idle", "0", .. run] : run;
        return ChildProcess.Start($"node-{node}", command[0], command[1..], Path.Combine(NodeFolder(node), "node.log"), _guard, all);
    }

    /// <summary>Runs another command of the node's executable on a node's configuration to its end.</summary>
    /// <returns>Its exit code and what it wrote.</returns>
    public async Task<(int Code, string Output)> RunAsync(int node, IReadOnlyList<string> command, CancellationToken cancellation)
    {
        string log = Path.Combine(NodeFolder(node), $"{string.Join('-', command)}.log");
        File.Delete(log);
        await using var process = ChildProcess.Start(string.Join(' ', command), _binary, [.. command, "--config", ConfigFile(node)], log, _guard);
        int code = await process.Exited.WaitAsync(cancellation).ConfigureAwait(false);
        return (code, await File.ReadAllTextAsync(log, cancellation).ConfigureAwait(false));
    }

    /// <summary>Where every node stands, for whoever has waited in vain: height, view, peers, readiness, and the end of its log.</summary>
    public async Task<string> DescribeAsync(int logLines = 6)
    {
        NodeStatus?[] statuses = await StatusesAsync(CancellationToken.None).ConfigureAwait(false);
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < Count; i++)
        {
            string state = _nodes[i] is not { } process ? "was never started" : process.HasExited ? $"ended with exit code {process.Exited.Result}" : $"runs as process {process.Id}";
            text.Append(CultureInfo.InvariantCulture, $"node-{i} {state}");
            if (statuses[i] is { } status)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $": height {status.Height}, view {status.View}, {status.Peers} peers, {status.Voting}, {status.Pending} pending, {(status.Ready ? "ready" : status.NotReadyReason)}");
            }
            else
            {
                text.Append(": does not answer");
            }

            text.Append('\n');
            foreach (string line in (_nodes[i]?.Tail(logLines) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>SIGTERM, and SIGKILL when that is not enough.</summary>
    public Task<StopOutcome> StopAsync(int node) => Running(node).StopAsync(StopLimit);

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(int node) => Running(node).KillAsync();

    /// <summary>Stops all nodes that run, at once.</summary>
    public Task<StopOutcome[]> StopAllAsync() => Task.WhenAll(_nodes.OfType<ChildProcess>().Select(node => node.StopAsync(StopLimit)));

    public Task<NodeStatus?> StatusAsync(int node, CancellationToken cancellation) => Monitors[node].StatusAsync(cancellation);

    /// <summary>The status of every node, null for those that do not answer.</summary>
    public Task<NodeStatus?[]> StatusesAsync(CancellationToken cancellation) => Task.WhenAll(Monitors.Select(monitor => monitor.StatusAsync(cancellation)));

    /// <summary>Waits for a condition on one node's status.</summary>
    /// <exception cref="TestnetException">It took longer, or the node ended; the message has the end of its log.</exception>
    public async Task<NodeStatus> WaitForAsync(int node, string what, TimeSpan limit, Func<NodeStatus, bool> condition, CancellationToken cancellation)
    {
        try
        {
            return await Wait.ForAsync(
                $"node-{node}: {what}",
                limit,
                async () =>
                {
                    ThrowIfEnded(node);
                    return await StatusAsync(node, cancellation).ConfigureAwait(false) is { } status && condition(status) ? status : null;
                },
                cancellation).ConfigureAwait(false);
        }
        catch (TestnetException vain)
        {
            throw new TestnetException($"{vain.Message}\n{await DescribeAsync().ConfigureAwait(false)}", vain);
        }
    }

    /// <summary>Waits until all given nodes meet a condition.</summary>
    /// <inheritdoc cref="WaitForAsync"/>
    public Task<NodeStatus[]> WaitForAllAsync(
        IEnumerable<int> nodes, string what, TimeSpan limit, Func<NodeStatus, bool> condition, CancellationToken cancellation, Action<int>? met = null)
    {
        return Task.WhenAll(nodes.Select(OneAsync));

        async Task<NodeStatus> OneAsync(int node)
        {
            NodeStatus status = await WaitForAsync(node, what, limit, condition, cancellation).ConfigureAwait(false);
            met?.Invoke(node);
            return status;
        }
    }

    /// <summary>Waits until every node sees a quorum and has a block.</summary>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="progress">Takes a line whenever one more node is ready.</param>
    public async Task WaitUntilReadyAsync(TimeSpan limit, CancellationToken cancellation, Action<string>? progress = null)
    {
        int ready = 0;
        await WaitForAllAsync(Enumerable.Range(0, Count), "being ready", limit, status => status.Ready && status.Height > 0, cancellation, Report).ConfigureAwait(false);

        void Report(int node) => progress?.Invoke($"node-{node} is ready ({Interlocked.Increment(ref ready)} of {Count})");
    }

    /// <summary>Names the first node that ended though nobody asked it to, with the end of its log; null when all run.</summary>
    public string? DescribeEnded()
    {
        for (int i = 0; i < Count; i++)
        {
            if (_nodes[i] is { HasExited: true } ended)
            {
                return $"node-{i} ended with exit code {ended.Exited.Result}; the last it said was:\n{ended.Tail(5)}";
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ChildProcess node in _nodes.OfType<ChildProcess>())
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }

        _guard.Dispose();
        foreach (NodeMonitor monitor in Monitors)
        {
            monitor.Dispose();
        }
    }

    private void ThrowIfEnded(int node)
    {
        if (_nodes[node] is { HasExited: true } ended)
        {
            throw new TestnetException($"node-{node} ended with exit code {ended.Exited.Result}; the last it said was:\n{ended.Tail(10)}");
        }
    }

    private ChildProcess Running(int node) => _nodes[node] ?? throw new InvalidOperationException($"node-{node} was not started.");

    private async Task InitAsync(CancellationToken cancellation)
    {
        List<string> arguments =
        [
            "testnet", "init", "--dir", Folder, "--nodes", Text(Count), "--seed", _options.Seed.ToString(CultureInfo.InvariantCulture),
            "--api-port", Text(_options.ApiPort), "--p2p-port", Text(_options.P2PPort),
        ];
        if (_options.Evm is { } evm)
        {
            arguments.AddRange(["--rpc", evm.Rpc.ToString(), "--contract", evm.Contract, "--wallet", .. evm.Wallets]);
        }

        await using var init = ChildProcess.Start("aeamc testnet init", _binary, arguments, Path.Combine(Folder, "init.log"), _guard);
        if (await init.Exited.WaitAsync(InitLimit, cancellation).ConfigureAwait(false) != 0)
        {
            throw new TestnetException($"The network's files could not be made. {init.Tail(5)}");
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
