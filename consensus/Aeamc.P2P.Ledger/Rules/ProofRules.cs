using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>Proofs of Task of v2 devices.</summary>
internal static class ProofRules
{
    public static RefusalCode Apply(BlockDraft draft, TaskProof proof, PublicKey signer)
    {
        if (draft.Device(proof.Device) is not { } device)
        {
            return RefusalCode.DeviceUnknown;
        }

        if (device.Key != signer)
        {
            return RefusalCode.KeyMismatch;
        }

        if (TimeRules.Check(draft, proof.Timestamp) is var time and not RefusalCode.None)
        {
            return time;
        }

        if (device.Lease is not { } lease || lease.Id != proof.Lease)
        {
            return RefusalCode.LeaseUnknown;
        }

        if (!lease.Covers(proof.Unit))
        {
            return RefusalCode.UnitNotLeased;
        }

        if (lease.Proven[proof.Unit - lease.First])
        {
            return RefusalCode.ProofDuplicate;
        }

        if (!device.HasOpenLease(draft.Now))
        {
            return RefusalCode.LeaseExpired;
        }

        if (TaskUnit.Id(lease.PostId, proof.Unit) != proof.TaskId)
        {
            return RefusalCode.TaskIdMismatch;
        }

        if (TaskProof.CheckpointOf(proof.TaskId, proof.DeviceNonce, proof.TraceRoot) != proof.Checkpoint)
        {
            return RefusalCode.CheckpointMismatch;
        }

        // An open lease never outlives its task's deadline, and a task is kept longer than that.
        TaskRecord? task = draft.Task(lease.PostId);
        Invariant.Check(task is not null);
        if (!SpotCheck.Passes(draft, task, proof.TaskId, proof.Unit, proof.OutputDigest, proof.TraceRoot))
        {
            SpotCheck.Punish(draft, device);
            return RefusalCode.OutputWrong;
        }

        lease.Proven.Set(proof.Unit - lease.First);
        device.LastHeard = draft.Now;
        Count(draft, device, task);
        return RefusalCode.None;
    }

    /// <summary>Counts one proven unit for its device and its task. The task is null when it left the record while a Phase-1 proof was held.</summary>
    public static void Count(BlockDraft draft, DeviceRecord device, TaskRecord? task)
    {
        ReputationRules.Succeed(device);
        draft.Change(device);
        draft.Counters.ProofsCounted++;
        if (task is null)
        {
            return;
        }

        task.ProvenUnits++;
        draft.ChangeProven(task);
        if (task.ProvenUnits == task.Units && task.Phase == TaskPhase.Open)
        {
            task.Phase = TaskPhase.Completed;
            task.Closed = draft.Now;
            draft.Change(task);
            draft.Counters.OpenTasks--;
            draft.Counters.TasksCompleted++;
        }
    }
}
