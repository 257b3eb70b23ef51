using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// Who gets which work, recomputable by anybody: requests in the order of the block, each served from the oldest task that fits the device.
/// </summary>
internal static class LeaseRules
{
    /// <summary>How many tasks of the queue one request looks at; bounds the work when many ask for more energy than the device has.</summary>
    private const int MaxScan = 64;

    public static RefusalCode Apply(BlockDraft draft, Hash256 entryId, LeaseRequest request, PublicKey signer)
    {
        if (draft.Device(request.Device) is not { } device)
        {
            return RefusalCode.DeviceUnknown;
        }

        if (device.Key != signer)
        {
            return RefusalCode.KeyMismatch;
        }

        if (TimeRules.Check(draft, request.Timestamp) is var time and not RefusalCode.None)
        {
            return time;
        }

        if (request.Count > draft.Parameters.MaxUnitsPerLease)
        {
            return RefusalCode.LeaseCountInvalid;
        }

        // Strictly later than the last granted one: a lease id is never given twice.
        if (request.Timestamp <= device.LeaseClock)
        {
            return RefusalCode.LeaseRequestStale;
        }

        if (Grant(draft, device, entryId, request.Count) is var refusal and not RefusalCode.None)
        {
            return refusal;
        }

        device.LeaseClock = request.Timestamp;
        return RefusalCode.None;
    }

    public static RefusalCode Apply(BlockDraft draft, Hash256 entryId, LeaseRequestV1 request)
    {
        if (!draft.Parameters.ServesV1)
        {
            return RefusalCode.V1Disabled;
        }

        if (draft.Device(request.Device) is not { } device)
        {
            return RefusalCode.DeviceUnknown;
        }

        if (device.Standing == DeviceStanding.Superseded)
        {
            return RefusalCode.V1Superseded;
        }

        if (TimeRules.Check(draft, request.Received) is var time and not RefusalCode.None)
        {
            return time;
        }

        return device.Lease?.Id == entryId ? RefusalCode.LeaseRequestStale : Grant(draft, device, entryId, 1);
    }

    private static RefusalCode Grant(BlockDraft draft, DeviceRecord device, Hash256 leaseId, int count)
    {
        if (device.Lease is { IsOpen: true } && !device.HasOpenLease(draft.Now))
        {
            // It ran out and its turn among the expiries has not come yet.
            ExpiryRules.EndLease(draft, device);
        }

        RefusalCode refusal = Gate(draft, device);
        if (refusal != RefusalCode.None)
        {
            return refusal;
        }

        if (FindTask(draft, device) is not { } task)
        {
            return RefusalCode.NoTaskAvailable;
        }

        (ushort first, ushort taken) = task.Take(count);
        draft.Change(task);
        Timestamp end = draft.Now.Plus(draft.Parameters.LeaseDurationMs);
        device.Lease = new Lease(leaseId, task.PostId, first, taken, draft.Now, end < task.Deadline ? end : task.Deadline);
        device.LastHeard = draft.Now;
        draft.Change(device);
        draft.Counters.LeasesGranted++;
        return RefusalCode.None;
    }

    private static RefusalCode Gate(BlockDraft draft, DeviceRecord device)
    {
        if (draft.Now < device.BlockedUntil)
        {
            return RefusalCode.DeviceBlocked;
        }

        if (device.Lease is { IsOpen: true })
        {
            return RefusalCode.LeaseUnfinished;
        }

        if ((ulong)device.HeartbeatsWithin(draft.Now, draft.Parameters.HeartbeatWindowMs) < draft.Parameters.HeartbeatsRequired)
        {
            return RefusalCode.HeartbeatsMissing;
        }

        return device.Score.TenThousandths < draft.Parameters.ScoreGate ? RefusalCode.ScoreBelowGate : RefusalCode.None;
    }

    private static TaskRecord? FindTask(BlockDraft draft, DeviceRecord device)
    {
        int scanned = 0;
        foreach ((_, Hash256 postId) in draft.OpenTasks)
        {
            if (scanned++ == MaxScan)
            {
                break;
            }

            TaskRecord? task = draft.Task(postId);
            Invariant.Check(task is not null);
            if (draft.Now < task.Deadline && device.Score >= task.MinimumScore && (device.Id.IsV1 || device.Capabilities.Contains(task.Kind)))
            {
                return task;
            }
        }

        return null;
    }
}
