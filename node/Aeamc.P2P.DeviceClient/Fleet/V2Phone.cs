using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.DeviceClient.Fleet;

/// <summary>A phone with the version-2 SDK.</summary>
internal sealed class V2Phone(V2Device device, NodeRoute route, FleetOptions options, FleetCounters counters, Random random, TimeProvider time)
    : Phone(route, options, counters, random, time)
{
    protected override async Task<PostResult> IntroduceAsync(CancellationToken cancellationToken)
    {
        PostResult result = await device.RegisterAsync(Route.Current, cancellationToken);
        return result.Code == "device_exists" ? result with { Accepted = true } : result;
    }

    protected override async Task<PostResult> HeartbeatAsync(CancellationToken cancellationToken)
    {
        PostResult result = await device.HeartbeatAsync(Route.Current, Sensors.Read(), cancellationToken);
        if (result.Accepted)
        {
            Counters.CountHeartbeat();
        }

        return result;
    }

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        LeaseResult asked = await device.LeaseAsync(Route.Current, Options.UnitsPerLease, cancellationToken);
        if (asked.Lease is not { } lease)
        {
            if (!asked.Post.Accepted)
            {
                Counters.CountRefused(asked.Post.Code);
            }

            if (asked.Post.Code == PostResult.Unreachable)
            {
                Route.Move();
            }

            return;
        }

        for (int unit = lease.First; unit < lease.First + lease.Count; unit++)
        {
            TaskProof proof = device.Execute(lease, (ushort)unit);
            Counters.CountExecuted();
            PostResult result = await PersistAsync(() => device.ProveAsync(Route.Current, proof, cancellationToken), cancellationToken);
            if (result.Accepted)
            {
                Counters.CountProof();
            }
            else if (result.Code is "lease_expired" or "lease_unknown")
            {
                return;
            }
        }
    }
}
