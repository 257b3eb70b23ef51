using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A sample of the proofs is recomputed by every node. The draw is SHA-256(parent block hash || task id): no device knows it when it makes its proof,
/// since the parent does not exist yet. (The leader that includes the proof does.)
/// </summary>
internal static class SpotCheck
{
    private const ulong PerTenThousand = 10_000;

    /// <summary>False when the unit was drawn and its result is not the one stated. A Phase-1 proof states no trace.</summary>
    public static bool Passes(BlockDraft draft, TaskRecord task, Hash256 taskId, ushort unit, Hash256 output, Hash256? traceRoot)
    {
        if (!draft.Recomputes || !IsDrawn(draft, taskId) || draft.RecomputedSteps + task.Steps > draft.Parameters.MaxRecomputedSteps)
        {
            return true;
        }

        draft.RecomputedSteps += task.Steps;
        TaskResult result = task.Kind switch
        {
            TaskKind.HashChain => HashChain.Execute(task.Input, unit, task.Steps, task.Segment),
            _ => throw Invariant.Fail($"no stepper for task kind {task.Kind}"),
        };
        return result.Output == output && (traceRoot is null || result.TraceRoot == traceRoot);
    }

    /// <summary>A wrong result costs reputation, and the lease: what is left of it is not left with this device.</summary>
    public static void Punish(BlockDraft draft, DeviceRecord device)
    {
        ReputationRules.Fail(draft, device);
        ExpiryRules.EndLease(draft, device);
        draft.Counters.OutputsWrong++;
        draft.Change(device);
    }

    private static bool IsDrawn(BlockDraft draft, Hash256 taskId)
    {
        ulong rate = draft.Parameters.SampleRate;
        if (rate is 0 or >= PerTenThousand)
        {
            return rate != 0;
        }

        Span<byte> bytes = stackalloc byte[2 * Hash256.Size];
        draft.Context.ParentHash.CopyTo(bytes);
        taskId.CopyTo(bytes[Hash256.Size..]);
        return Hash256.Of(bytes).Prefix64 % PerTenThousand < rate;
    }
}
