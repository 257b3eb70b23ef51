using System.Collections.Concurrent;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceClient;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Testnet.Crash;

/// <summary>Devices that work all the while and remember every proof that a node acknowledged, to ask after each of them in the end.</summary>
public sealed class PromisedProofs : IAsyncDisposable
{
    private const ushort UnitsPerLease = 16;
    private const int WorkAhead = 4_096;

    /// <summary>Between two proofs of a device: what is tried is dying, not how much a machine takes.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(80);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly Telemetry Plugged = new(10_000, true, 1000, 3000, 20, 50_000);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = NodeClient.CreateHttp();
    private readonly List<DeviceKey> _keys = [];
    private readonly List<Task> _running = [];
    private readonly NodeClient[] _nodes;
    private readonly ConcurrentDictionary<Hash256, int> _promised = [];

    private PromisedProofs(LocalTestnet testnet) =>
        _nodes = [.. testnet.Monitors.Select(monitor => new NodeClient(_http, monitor.Address, TimeProvider.System))];

    /// <summary>Proofs acknowledged so far.</summary>
    public int Count => _promised.Count;

    /// <summary>Sets devices to work on a network whose nodes answer.</summary>
    public static async Task<PromisedProofs> StartAsync(LocalTestnet testnet, int devices, ulong seed, CancellationToken cancellation)
    {
        NodeStatus status = await testnet.WaitForAsync(0, "an answer", TimeSpan.FromSeconds(60), _ => true, cancellation).ConfigureAwait(false);
        var proofs = new PromisedProofs(testnet);
        string secret = (await File.ReadAllTextAsync(testnet.RequesterKeyFile, cancellation).ConfigureAwait(false)).Trim();
        DeviceKey account = proofs.Keep(DeviceKey.Ed25519(Convert.FromHexString(secret)));
        var requester = new Requester(account, status.Network, TimeProvider.System, new Random((int)seed));
        var supply = new WorkSupply(requester, proofs._nodes, new WorkShape { Units = UnitsPerLease * 128, Steps = 4, Segment = 4 }, WorkAhead);
        proofs._running.Add(Task.Run(() => proofs.UntilStoppedAsync(() => supply.RunAsync(proofs._stop.Token)), CancellationToken.None));
        for (int number = 0; number < devices; number++)
        {
            DeviceKey key = proofs.Keep(DeviceKey.Ed25519(seed, "crash", number));
            var device = new V2Device(key, status.Network, TimeProvider.System, new Random(BitConverter.ToInt32(DeviceKey.SeedOf(seed, "crash-nonce", number))));
            int home = number % proofs._nodes.Length;
            proofs._running.Add(Task.Run(() => proofs.UntilStoppedAsync(() => proofs.WorkAsync(device, home)), CancellationToken.None));
        }

        return proofs;
    }

    /// <summary>Ends the work; a fault of a device comes out here.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_running).ConfigureAwait(false);
    }

    /// <summary>Asks after every acknowledged proof until all have a ledger's outcome or the time is over.</summary>
    /// <returns>Those that have none, with the node that acknowledged them.</returns>
    public async Task<IReadOnlyList<(Hash256 Id, int Node)>> FindLostAsync(TimeSpan limit, CancellationToken cancellation)
    {
        var open = new List<(Hash256 Id, int Node)>(_promised.Select(promise => (promise.Key, promise.Value)));
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var left = new ConcurrentBag<(Hash256 Id, int Node)>();
            await Parallel.ForEachAsync(open, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellation }, async (promise, stop) =>
            {
                // Any node but the one that made the promise: what one node says of itself proves nothing.
                Receipt? receipt = await _nodes[(promise.Node + 1) % _nodes.Length].ReceiptAsync(promise.Id, stop).ConfigureAwait(false);
                if (receipt is not { IsSettled: true })
                {
                    left.Add(promise);
                }
            }).ConfigureAwait(false);
            open = [.. left];
            if (open.Count == 0 || TimeProvider.System.GetElapsedTime(started) > limit)
            {
                return open;
            }

            await Task.Delay(Pause, TimeProvider.System, cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _keys.ForEach(key => key.Dispose());
        _http.Dispose();
        _stop.Dispose();
    }

    private DeviceKey Keep(DeviceKey key)
    {
        _keys.Add(key);
        return key;
    }

    private async Task UntilStoppedAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The sweep is over.
        }
    }

    /// <summary>Registers, then leases and proves; goes to the next node when one is away.</summary>
    private async Task WorkAsync(V2Device device, int home)
    {
        CancellationToken stop = _stop.Token;
        int at = home;
        bool registered = false;
        while (true)
        {
            NodeClient node = _nodes[at % _nodes.Length];
            PostResult result;
            if (!registered)
            {
                result = await device.RegisterAsync(node, stop).ConfigureAwait(false);
                registered = result.Code == "device_exists";
            }
            else
            {
                LeaseResult asked = await device.LeaseAsync(node, UnitsPerLease, stop).ConfigureAwait(false);
                result = asked.Post;
                if (asked.Lease is { } lease)
                {
                    // Then home again: its node may be back.
                    await ProveAsync(device, lease, at).ConfigureAwait(false);
                    at = home;
                    continue;
                }

                if (result.Code == "heartbeats_missing")
                {
                    await device.HeartbeatAsync(node, Plugged, stop).ConfigureAwait(false);
                }
            }

            at += result.Code == PostResult.Unreachable ? 1 : 0;
            await Task.Delay(Pause, TimeProvider.System, stop).ConfigureAwait(false);
        }
    }

    private async Task ProveAsync(V2Device device, DeviceLease lease, int at)
    {
        for (int unit = lease.First; unit < lease.First + lease.Count; unit++)
        {
            TaskProof proof = device.Execute(lease, (ushort)unit);
            await Task.Delay(Pace, TimeProvider.System, _stop.Token).ConfigureAwait(false);
            for (int attempt = 0; attempt < 2 * _nodes.Length; attempt++)
            {
                PostResult posted = await device.ProveAsync(_nodes[at % _nodes.Length], proof, _stop.Token).ConfigureAwait(false);
                if (posted.Accepted)
                {
                    _promised.TryAdd(posted.Id, at % _nodes.Length);
                    break;
                }

                if (posted.Code is not (PostResult.Unreachable or "lease_unknown" or "node_busy"))
                {
                    break;
                }

                at += posted.Code == PostResult.Unreachable ? 1 : 0;
                await Task.Delay(Pause, TimeProvider.System, _stop.Token).ConfigureAwait(false);
            }
        }
    }
}
