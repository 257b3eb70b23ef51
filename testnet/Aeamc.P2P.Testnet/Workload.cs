using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceClient;
using Aeamc.P2P.DeviceClient.Fleet;
using Aeamc.P2P.DeviceClient.Load;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Testnet;

/// <summary>The phones and the synthetic load of a network, from the moment both are at work until they are stopped.</summary>
public sealed class Workload : IAsyncDisposable
{
    private const int LoadDevices = 64;

    /// <summary>How long a device works on one lease: well within a lease's time, and so long that asking for the next one costs the nodes nothing to speak of.</summary>
    private const double LeaseSeconds = 30;

    private const int MaxUnitsPerLease = 1_024;
    private const int MaxPreparedPerNode = 512;

    /// <summary>A queue of prepared posts lasts about so long, so that proofs are not old when the load is light.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PrepareLimit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly DeviceKey _requester;
    private readonly PhoneFleet? _fleet;
    private readonly LoadGenerator? _load;

    private Workload(DeviceKey requester, PhoneFleet? fleet, LoadGenerator? load)
    {
        _requester = requester;
        _fleet = fleet;
        _load = load;
    }

    /// <summary>Completes when it is stopped; faults when a simulated device does.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>Proofs that nodes acknowledged to these devices.</summary>
    public long ProofsAccepted => (_fleet?.Counters.ProofsAccepted ?? 0) + (_load?.Counters.Accepted ?? 0);

    /// <summary>Registers what the load needs, then sets everything to work.</summary>
    /// <param name="testnet">A network whose nodes answer.</param>
    /// <param name="phones">Simulated phones that execute tasks.</param>
    /// <param name="target">Synthetic load.</param>
    /// <param name="seed">Keys, telemetry and moves come from it.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <param name="nodes">The nodes that the devices speak to, the first of them running; null for all.</param>
    /// <exception cref="TestnetException">The network does not take the load's devices.</exception>
    public static async Task<Workload> StartAsync(LocalTestnet testnet, int phones, LoadTarget target, ulong seed, CancellationToken cancellation, IReadOnlyList<int>? nodes = null)
    {
        int[] spoken = [.. nodes ?? [.. Enumerable.Range(0, testnet.Count)]];
        NodeStatus status = await testnet.WaitForAsync(spoken[0], "an answer", PrepareLimit, _ => true, cancellation).ConfigureAwait(false);
        var requester = DeviceKey.Ed25519(Convert.FromHexString((await File.ReadAllTextAsync(testnet.RequesterKeyFile, cancellation).ConfigureAwait(false)).Trim()));
        Uri[] addresses = [.. spoken.Select(node => testnet.Monitors[node].Address)];
        PhoneFleet? fleet = phones == 0
            ? null
            : new PhoneFleet(new FleetOptions { Nodes = addresses, Network = status.Network, Requester = requester, Phones = phones, Seed = seed }, TimeProvider.System);
        LoadGenerator? load = target.Wanted ? new LoadGenerator(Options(target, addresses, status.Network, requester, seed), TimeProvider.System) : null;
        var workload = new Workload(requester, fleet, load);
        try
        {
            await workload.BeginAsync(cancellation).ConfigureAwait(false);
            return workload;
        }
        catch
        {
            await workload.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops it; a fault of a device comes out here.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Running.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _fleet?.Dispose();
        _load?.Dispose();
        _requester.Dispose();
        _stop.Dispose();
    }

    /// <summary>The load of a rate: the largest leases and queues at full speed, smaller ones when it is slow.</summary>
    internal static LoadOptions Options(LoadTarget target, IReadOnlyList<Uri> nodes, string network, DeviceKey requester, ulong seed)
    {
        double rate = target.PerSecond ?? LoadTarget.Highest;
        double ahead = rate * Ahead.TotalSeconds;
        return new LoadOptions
        {
            Nodes = nodes,
            Network = network,
            Requester = requester,
            PerSecond = target.PerSecond,
            Devices = LoadDevices,
            UnitsPerLease = (ushort)Math.Clamp(rate * LeaseSeconds / LoadDevices, 1, MaxUnitsPerLease),
            PreparedPerNode = (int)Math.Clamp(ahead / nodes.Count, 1, MaxPreparedPerNode),
            Seed = seed,
        };
    }

    private async Task BeginAsync(CancellationToken cancellation)
    {
        if (_load is not null)
        {
            using var patience = new CancellationTokenSource(PrepareLimit);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            try
            {
                await _load.PrepareAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                string codes = string.Join(", ", _load.Counters.Refused.Select(refused => $"{refused.Key} {refused.Value} times"));
                throw new TestnetException(
                    $"The devices of the load could not be registered within {PrepareLimit.TotalSeconds:0} s. Refused: {(codes.Length > 0 ? codes : "nothing")}.");
            }
        }

        Running = RunAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            await Task.WhenAll(_fleet?.RunAsync(_stop.Token) ?? Task.CompletedTask, _load?.RunAsync(_stop.Token) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            throw new TestnetException($"The simulated devices failed: {fault}", fault);
        }

        // Without any devices there is still something to stop.
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
