using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.DeviceClient.Load;

/// <summary>A synthetic device: takes the largest leases, computes and signs their proofs, and hands them to the lane of its node.</summary>
internal sealed class LoadDevice(V2Device device, NodeClient node, NodeLane lane, LoadOptions options, LoadCounters counters)
{
    private static readonly Telemetry Plugged = new(10_000, true, 1000, 3000, 20, 50_000);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    // A lease whose last proofs are on their way is finished within a block or two.
    private static readonly TimeSpan FinishPause = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMinutes(5);

    private readonly ProofWriter _writer = new(device.Key, options.Network, node.Node);

    /// <summary>Registers the device and sends its first heartbeat; ends when both are in blocks.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await PersistAsync(() => device.RegisterAsync(node, cancellationToken), "device_exists", cancellationToken);
        await PersistAsync(() => device.HeartbeatAsync(node, Plugged, cancellationToken), "heartbeat_too_soon", cancellationToken);
    }

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        long heartbeat = node.Time.GetTimestamp();
        while (true)
        {
            if (node.Time.GetElapsedTime(heartbeat) > HeartbeatInterval)
            {
                await device.HeartbeatAsync(node, Plugged, cancellationToken);
                heartbeat = node.Time.GetTimestamp();
            }

            LeaseResult asked = await device.LeaseAsync(node, options.UnitsPerLease, cancellationToken);
            if (asked.Lease is not { } lease)
            {
                bool finishing = asked.Post.Code == "lease_unfinished";
                if (!finishing && !asked.Post.Accepted)
                {
                    counters.CountRefused(asked.Post.Code);
                }

                await Task.Delay(finishing ? FinishPause : RetryPause, node.Time, cancellationToken);
                continue;
            }

            counters.CountLease();
            Task sent = Task.CompletedTask;
            for (int unit = lease.First; unit < lease.First + lease.Count; unit++)
            {
                PreparedPost post = _writer.Write(device.Execute(lease, (ushort)unit));
                counters.CountSigned();
                sent = post.Done;
                await lane.PostAsync(post, cancellationToken);
            }

            // Asking before that would only cost the node a refusal.
            await sent.WaitAsync(cancellationToken);
        }
    }

    private async Task PersistAsync(Func<Task<PostResult>> post, string asGood, CancellationToken cancellationToken)
    {
        while (true)
        {
            PostResult result = await post();
            if (result.Code == asGood)
            {
                return;
            }

            if (result.Accepted)
            {
                Receipt receipt = await node.WaitForReceiptAsync(result.Id, receipt => receipt.IsSettled, cancellationToken);
                if (receipt.Code.Length == 0 || receipt.Code == asGood)
                {
                    return;
                }

                result = result with { Code = receipt.Code };
            }

            counters.CountRefused(result.Code);
            await Task.Delay(result.RetryAfter ?? RetryPause, node.Time, cancellationToken);
        }
    }
}
