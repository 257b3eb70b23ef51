namespace Aeamc.P2P.DeviceClient.Fleet;

/// <summary>The life of one phone, whichever protocol it speaks.</summary>
internal abstract class Phone(NodeRoute route, FleetOptions options, FleetCounters counters, Random random, TimeProvider time)
{
    // A node may be a block or two behind the one that gave the answer before.
    private const int Patience = 20;
    private static readonly TimeSpan LagPause = TimeSpan.FromMilliseconds(100);

    protected NodeRoute Route => route;

    protected FleetCounters Counters => counters;

    protected FleetOptions Options => options;

    protected PhoneSensors Sensors { get; } = new(random);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Phones do not wake up all at once.
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 500)), time, cancellationToken);
        await PersistAsync(() => IntroduceAsync(cancellationToken), cancellationToken);
        counters.CountRegistered();
        long lastHeartbeat = 0;
        for (int leases = 1; ; leases++)
        {
            if (lastHeartbeat == 0 || time.GetElapsedTime(lastHeartbeat) >= options.HeartbeatInterval)
            {
                await PersistAsync(() => HeartbeatAsync(cancellationToken), cancellationToken);
                lastHeartbeat = time.GetTimestamp();
            }

            await WorkAsync(cancellationToken);
            if (leases % options.LeasesPerNode == 0)
            {
                route.Move();
            }

            await Task.Delay(options.Rest * (0.5 + random.NextDouble()), time, cancellationToken);
        }
    }

    /// <summary>Makes the phone known. True when it is.</summary>
    protected abstract Task<PostResult> IntroduceAsync(CancellationToken cancellationToken);

    /// <summary>Sends telemetry.</summary>
    protected abstract Task<PostResult> HeartbeatAsync(CancellationToken cancellationToken);

    /// <summary>Asks for work once and does what it is given.</summary>
    protected abstract Task WorkAsync(CancellationToken cancellationToken);

    /// <summary>Tries again at another node while nobody answers, and at the same one while it is behind.</summary>
    protected async Task<PostResult> PersistAsync(Func<Task<PostResult>> post, CancellationToken cancellationToken)
    {
        PostResult result = default;
        for (int attempt = 0; attempt < Patience; attempt++)
        {
            result = await post();
            if (result.Accepted)
            {
                return result;
            }

            counters.CountRefused(result.Code);
            if (result.Code is PostResult.Unreachable or "busy")
            {
                route.Move();
            }
            else if (result.Code is not ("lease_unknown" or "device_unknown" or "rate_limited" or "challenge_unknown"))
            {
                return result;
            }

            await Task.Delay(result.RetryAfter ?? LagPause, time, cancellationToken);
        }

        return result;
    }
}
