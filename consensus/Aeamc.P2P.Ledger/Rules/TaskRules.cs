using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>Posting of tasks by requester accounts.</summary>
internal static class TaskRules
{
    public static RefusalCode Apply(BlockDraft draft, Hash256 entryId, uint index, TaskPost post, PublicKey signer)
    {
        if (!draft.Parent.Document.Requesters.Contains(signer))
        {
            return RefusalCode.RequesterUnknown;
        }

        if (TimeRules.Check(draft, post.Timestamp) is var time and not RefusalCode.None)
        {
            return time;
        }

        if (post.TaskKind != TaskKind.HashChain)
        {
            return RefusalCode.TaskKindUnknown;
        }

        if (!IsShaped(draft, post))
        {
            return RefusalCode.TaskShapeInvalid;
        }

        if (post.Deadline <= draft.Now || post.Deadline.Since(draft.Now) > draft.Parameters.MaxTaskSpanMs)
        {
            return RefusalCode.TaskDeadlineInvalid;
        }

        // A closed task stays on record longer than its post is in the time window, so no post counts twice.
        if (draft.Task(entryId) is not null)
        {
            return RefusalCode.TaskDuplicate;
        }

        if (draft.Counters.OpenTasks >= draft.Parameters.MaxOpenTasks)
        {
            return RefusalCode.TaskCapacity;
        }

        draft.Add(new TaskRecord(entryId, new TaskOrder(draft.Context.Height, index), signer, post));
        draft.Counters.OpenTasks++;
        draft.Counters.TasksPosted++;
        return RefusalCode.None;
    }

    private static bool IsShaped(BlockDraft draft, TaskPost post) =>
        post.Units > 0
        && post.Steps > 0
        && post.Steps <= draft.Parameters.MaxTaskSteps
        && post.Segment > 0
        && post.Segment <= post.Steps
        && (post.Steps - 1) / post.Segment < TaskPost.MaxTraceStates
        && post.MinimumScore.TenThousandths <= EnergyScore.Maximum;
}
