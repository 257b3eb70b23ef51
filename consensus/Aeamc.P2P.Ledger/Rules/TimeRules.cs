using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>The one time window of entries, judged by the block's time.</summary>
internal static class TimeRules
{
    public static RefusalCode Check(BlockDraft draft, Timestamp stated)
    {
        if (stated.Since(draft.Now) > draft.Parameters.ProofMaxAheadMs)
        {
            return RefusalCode.TimestampAhead;
        }

        return draft.Now.Since(stated) > draft.Parameters.ProofMaxAgeMs ? RefusalCode.TimestampExpired : RefusalCode.None;
    }
}
