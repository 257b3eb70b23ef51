using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// What happens by the passing of block time, before a block's entries: leases end, holds end, unproven Phase-1 devices are forgotten, tasks close and
/// leave the record. In the order of their due times, and no more per block than the parameters say; the rest waits for the next block.
/// </summary>
internal static class ExpiryRules
{
    public static void Run(BlockDraft draft)
    {
        ulong done = 0;
        foreach (LedgerTimer timer in draft.Parent.Timers)
        {
            if (timer.Due >= draft.Now || done == draft.Parameters.MaxExpiriesPerBlock)
            {
                break;
            }

            done++;
            if (timer.Device is { } id)
            {
                DeviceRecord? device = draft.Device(id);
                Invariant.Check(device is not null);
                Expire(draft, device);
            }
            else
            {
                TaskRecord? task = draft.Task(timer.Task);
                Invariant.Check(task is not null);
                Expire(draft, task);
            }
        }
    }

    /// <summary>Ends an open lease: its unproven units go back to the task.</summary>
    public static void EndLease(BlockDraft draft, DeviceRecord device)
    {
        Invariant.Check(device.Lease is { IsOpen: true });
        Lease lease = device.Lease;
        lease.Ended = true;
        draft.Change(device);
        draft.Counters.LeasesExpired++;
        if (draft.Task(lease.PostId) is not { Phase: TaskPhase.Open } task)
        {
            return;
        }

        for (int offset = 0; offset < lease.Count; offset++)
        {
            if (!lease.Proven[offset])
            {
                task.Return(lease.First + offset);
            }
        }

        draft.Change(task);
    }

    private static void Expire(BlockDraft draft, DeviceRecord device)
    {
        if (device.Lease is { IsOpen: true } lease && lease.Expires < draft.Now)
        {
            EndLease(draft, device);
        }

        if (device.Held is { } held && held.Until < draft.Now)
        {
            device.Held = null;
            draft.Change(device);
            draft.Settled.Add(new HeldSettlement(held.EntryId, Counted: false));
            if (draft.Task(held.PostId) is { Phase: TaskPhase.Open } task)
            {
                task.Return(held.Unit);
                draft.Change(task);
            }
        }

        bool idle = device is { Standing: DeviceStanding.Unproven, Lease: null or { IsOpen: false } };
        if (idle && device.LastHeard.Plus(draft.Parameters.V1IdleMs) < draft.Now)
        {
            draft.Remove(device);
            draft.Counters.UnprovenV1Devices--;
        }
    }

    private static void Expire(BlockDraft draft, TaskRecord task)
    {
        if (task.Phase != TaskPhase.Open)
        {
            draft.Remove(task);
            return;
        }

        task.Phase = TaskPhase.Overdue;
        task.Closed = draft.Now;
        draft.Change(task);
        draft.Counters.OpenTasks--;
    }
}
