namespace Aeamc.P2P.DeviceClient.Load;

/// <summary>
/// Registered synthetic devices posting signed proofs as fast as asked, at the least cost of processor time: proofs are short, prepared ahead in bounded
/// queues, and sent over raw keep-alive connections.
/// </summary>
public sealed class LoadGenerator : IDisposable
{
    private readonly HttpClient _http = NodeClient.CreateHttp(256);
    private readonly List<LoadDevice> _devices = [];
    private readonly List<DeviceKey> _keys = [];
    private readonly List<NodeLane> _lanes;
    private readonly WorkSupply _supply;

    /// <param name="options">What to post, and where.</param>
    /// <param name="time">The devices' clock.</param>
    public LoadGenerator(LoadOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfZero(options.Nodes.Count);
        var pacer = new Pacer(options.PerSecond, time);
        NodeClient[] nodes = [.. options.Nodes.Select(node => new NodeClient(_http, node, time))];
        _lanes = [.. options.Nodes.Select(node => new NodeLane(node, options, Counters, pacer, time))];
        for (int number = 0; number < options.Devices; number++)
        {
            DeviceKey key = DeviceKey.Ed25519(options.Seed, "load", number);
            _keys.Add(key);
            int place = number % nodes.Length;
            var device = new V2Device(key, options.Network, time, new Random(BitConverter.ToInt32(DeviceKey.SeedOf(options.Seed, "load-nonce", number))));
            _devices.Add(new LoadDevice(device, nodes[place], _lanes[place], options, Counters));
        }

        var random = new Random(BitConverter.ToInt32(DeviceKey.SeedOf(options.Seed, "load-work", 0)));
        var shape = new WorkShape { Units = ushort.MaxValue, Steps = options.Steps, Segment = options.Steps };
        _supply = new WorkSupply(
            new Requester(options.Requester, options.Network, time, random), nodes, shape, Math.Max(2 * options.Devices * options.UnitsPerLease, 65_536));
    }

    /// <summary>What has happened so far.</summary>
    public LoadCounters Counters { get; } = new();

    /// <summary>Registers the devices and posts the first work; ends when all that is in blocks, so that what follows is the load alone.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_devices.Select(device => device.PrepareAsync(cancellationToken)));
        await _supply.TopUpAsync(cancellationToken);
    }

    /// <summary>Posts until cancelled; then it returns, without an exception.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<Task> tasks = [.. _lanes.SelectMany(lane => lane.Run(cancellationToken))];
        tasks.AddRange(_devices.Select(device => Task.Run(() => device.RunAsync(cancellationToken), CancellationToken.None)));
        tasks.Add(_supply.RunAsync(cancellationToken));
        try
        {
            await Task.WhenAll(tasks);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller asked for the end.
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        foreach (DeviceKey key in _keys)
        {
            key.Dispose();
        }
    }
}
