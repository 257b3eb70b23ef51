namespace Aeamc.P2P.DeviceClient.Fleet;

/// <summary>
/// Simulated phones that really execute what they are given: they register, send heartbeats, take leases, compute, prove, and move from node to node. When
/// a node does not answer they go on at the next one.
/// </summary>
public sealed class PhoneFleet : IDisposable
{
    private readonly HttpClient _http = NodeClient.CreateHttp();
    private readonly List<Phone> _phones = [];
    private readonly List<DeviceKey> _keys = [];
    private readonly WorkSupply? _supply;

    /// <param name="options">What to simulate.</param>
    /// <param name="time">The phones' clock.</param>
    public PhoneFleet(FleetOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfZero(options.Nodes.Count);
        NodeClient[] nodes = [.. options.Nodes.Select(node => new NodeClient(_http, node, time))];
        for (int number = 0; number < options.Phones; number++)
        {
            var random = new Random(BitConverter.ToInt32(DeviceKey.SeedOf(options.Seed, "phone", number)));
            bool isV1 = options.V1Every > 0 && number % options.V1Every == options.V1Every - 1;
            DeviceKey key = isV1 ? DeviceKey.P256(options.Seed, "v1", number) : KeyOf(options.Seed, number);
            _keys.Add(key);
            var route = new NodeRoute(nodes, number % nodes.Length, Counters);
            _phones.Add(isV1
                ? new V1Phone(new V1Device(_http, V1Device.IdOf(options.Seed, number), key, time), route, options, Counters, random, time)
                : new V2Phone(new V2Device(key, options.Network, time, random), route, options, Counters, random, time));
        }

        if (options.Requester is { } account)
        {
            var requester = new Requester(account, options.Network, time, new Random(BitConverter.ToInt32(DeviceKey.SeedOf(options.Seed, "work", 0))));
            _supply = new WorkSupply(requester, nodes, options.Work, 2 * options.Phones * options.UnitsPerLease);
        }
    }

    /// <summary>What has happened so far.</summary>
    public FleetCounters Counters { get; } = new();

    /// <summary>How many phones there are.</summary>
    public int Count => _phones.Count;

    /// <summary>Tasks posted so far.</summary>
    public int TasksPosted => _supply?.Posted ?? 0;

    /// <summary>Runs until cancelled; then it returns, without an exception.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<Task> tasks = [.. _phones.Select(phone => Task.Run(() => phone.RunAsync(cancellationToken), CancellationToken.None))];
        if (_supply is { } supply)
        {
            tasks.Add(supply.RunAsync(cancellationToken));
        }

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

    /// <summary>Every other phone has a P-256 key in its secure hardware, the others Ed25519.</summary>
    private static DeviceKey KeyOf(ulong seed, int number) =>
        number % 2 == 0 ? DeviceKey.Ed25519(seed, "v2", number) : DeviceKey.P256(seed, "v2", number);
}
