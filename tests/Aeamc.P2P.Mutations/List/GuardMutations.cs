using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>The vote guard, the last to say yes: each of its refusals, and its memory.</summary>
internal static class GuardMutations
{
    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Consensus("guard-epoch", "Crash safety", "the guard signs for another epoch",
            new Edit(Guard, "if (statement.Epoch != _epoch)", "if (statement.Epoch != _epoch && _quiet)")),
        Consensus("guard-quiet", "Crash safety", "the guard signs while quiet after a restore",
            new Edit(Guard, "if (_quiet || statement.View <= _forgotten)", "if (statement.View <= _forgotten)")),
        Consensus("guard-forgotten", "Crash safety", "the guard signs in views whose votes it has forgotten",
            new Edit(Guard, "if (_quiet || statement.View <= _forgotten)", "if (_quiet)"),
            new Edit(Guard, "if (statement.View <= _floor)", "if (statement.View <= _floor && _forgotten == View.Zero)")),
        Consensus("guard-quiet-ends", "Crash safety", "any finalization ends the guard's quiet",
            new Edit(Guard, "if (view > _forgotten)", "if (view > View.Zero)")),
        Consensus("guard-floor", "Crash safety", "the guard signs at or below the last finalization",
            new Edit(Guard, "if (statement.View <= _floor)", "if (statement.View < _floor)")),
        Consensus("guard-floor-falls", "Crash safety", "an older finalization lowers the guard's floor",
            new Edit(Guard, "if (view <= _floor)", "if (view == _floor)")),
        Consensus("guard-notarize-other", "4", "the guard lets another block be notarized",
            new Edit(Guard, "return notarized == statement.Block ? VoteDecision.SignAgain : VoteDecision.NotarizedOther;", "return VoteDecision.SignAgain;")),
        Consensus("guard-notarize-nullified", "4", "the guard lets a nullified view be notarized",
            new Edit(Guard, "return VoteDecision.NotarizeAfterNullify;", "return VoteDecision.Sign;")),
        Consensus("guard-nullify-finalized", "7", "the guard lets a finalized view be nullified",
            new Edit(Guard, "return VoteDecision.NullifyAfterFinalize;", "return VoteDecision.Sign;")),
        Consensus("guard-finalize-nullified", "5", "the guard lets a nullified view be finalized",
            new Edit(Guard, "return VoteDecision.FinalizeAfterNullify;", "return VoteDecision.Sign;")),
        Consensus("guard-finalize-other", "5", "the guard lets a second block be finalized",
            new Edit(Guard, "return finalized == statement.Block ? VoteDecision.SignAgain : VoteDecision.FinalizedOther;", "return VoteDecision.SignAgain;")),
        Consensus("guard-finalize-unnotarized", "5", "the guard lets another block be finalized than the one notarized",
            new Edit(Guard, "return VoteDecision.FinalizeAgainstNotarize;", "return VoteDecision.Sign;")),
        Consensus("guard-remembers", "Crash safety", "the guard does not remember what it allowed",
            new Edit(Guard, "            Remember(statement);\n            Watermark =", "            Watermark =")),
        Consensus("guard-refused", "Crash safety", "the guard remembers what it refused as if it had allowed it",
            new Edit(Guard, "if (decision == VoteDecision.Sign)", "if (decision != VoteDecision.WrongEpoch)")),
        Consensus("guard-replays", "Crash safety", "the guard does not remember the votes of the log",
            new Edit(Guard, "                Remember(voted.Statement);", "                _ = voted;")),
        Consensus("guard-watermark", "Crash safety", "the watermark does not rise with a vote",
            new Edit(Guard, "            Watermark = Safety.Watermark.After(Watermark, statement);\n", "")),
        Consensus("guard-restart-floor", "Crash safety", "after a restart the guard lets views be voted in that the ledger has left behind",
            new Edit(Guard, "        _floor = recovered.Committed.View;\n", "")),
        Consensus("watermark-falls", "Crash safety", "the watermark falls with a vote in an earlier view",
            new Edit(CoreMark, "return before is { } old && (old.Epoch > mark.Epoch || (old.Epoch == mark.Epoch && old.View > mark.View)) ? old : mark;", "return before is null ? mark : mark;")),
    ];
}
