using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>The host of the core: what is on disk before anything leaves.</summary>
internal static class LoopMutations
{
    private const string Loop = "node/Aeamc.P2P.Node/Consensus/ConsensusLoop.cs";
    private const string Journal = "node/Aeamc.P2P.Node/Consensus/ConsensusJournal.cs";
    private const string Side = "node/Aeamc.P2P.Node/Consensus/SideThread.cs";
    private static readonly string[] SideTests = ["SideThreadTests"];
    private static readonly string[] LoopTests = ["ConsensusLoopTests"];
    private static readonly string[] JournalTests = ["ConsensusJournalTests"];

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Node("loop-sync", "Crash safety", "sends a vote without a sync", LoopTests,
            new Edit(Loop, "            _journal.Sync(_guard.Watermark);\n", "            _ = votes;\n"),
            new Edit(Loop, "() => _journal.Sync(_guard.Watermark));", "() => { });")),
        Node("loop-contents", "What a vote means", "votes for a block whose content and batches are not on the disk", LoopTests,
            new Edit(Loop, "_side.RunBeside(_application.SyncContents, () => _journal.Sync(_guard.Watermark));", "_journal.Sync(_guard.Watermark);")),
        Node("loop-contents-final", "What a vote means", "finalizes a block whose content and batches are not on the disk", LoopTests,
            new Edit(Loop, "Statement.Kind: not VoteKind.Nullify };", "Statement.Kind: VoteKind.Notarize };")),
        Node("side-wait", "What a vote means", "does not wait for the other thread's sync", SideTests,
            new Edit(Side, "                while (_work is not null)\n", "                while (_work is not null && _closed)\n")),
        Node("side-failure", "What a vote means", "passes over the other thread's failure", ["SideThreadTests", "ConsensusLoopTests"],
            new Edit(Side, "        _failure?.Throw();\n", "        _ = _failure;\n")),
        Node("loop-sync-late", "Crash safety", "sends a vote before the sync", LoopTests,
            new Edit(Loop, "        // Certificates alone can wait", "        foreach (Effect effect in effects)\n        {\n            Perform(effect);\n        }\n\n        // Certificates alone can wait"),
            new Edit(Loop, "        _observer.IsQuiet = _guard.IsQuiet;\n        foreach (Effect effect in effects)\n        {\n            Perform(effect);\n        }\n", "        _observer.IsQuiet = _guard.IsQuiet;\n")),
        Node("loop-vote-logged", "Crash safety", "sends a vote that is not in the log", LoopTests,
            new Edit(Loop, "                    _journal.Append(new WalRecord.Voted(sign.Statement));\n", "")),
        Node("loop-record-logged", "Crash safety", "does not write the core's records", LoopTests,
            new Edit(Loop, "                _journal.Append(append.Record);\n", "")),
        Node("loop-guard", "Crash safety", "signs what the guard refused", LoopTests,
            new Edit(Loop, "if (decision is not (VoteDecision.Sign or VoteDecision.SignAgain))", "if (decision is VoteDecision.WrongEpoch)")),
        Node("loop-floor", "Crash safety", "does not tell the guard of finalizations", LoopTests,
            new Edit(Loop, "                _guard.ObserveFinalization(finalized.Finalization.View);\n", "                _ = finalized;\n")),
        Node("loop-halt", "9", "goes on after the core's halt", LoopTests,
            new Edit(Loop, "                throw new InvariantException($\"Consensus stopped to stay safe ({halt.Reason}): {halt.Detail}\");", "                _ = halt;\n                break;")),
        Node("loop-unknown-vote", "Crash safety", "stops on a vote it does not remember without raising the watermark to it", LoopTests,
            new Edit(Loop, "                _journal.RaiseWatermark(unknown);\n", "")),
        Node("journal-order", "Crash safety", "the watermark is written before the log", JournalTests,
            new Edit(Journal, "        log.Sync();\n        _unsynced = 0;\n", "        _unsynced = 0;\n"),
            new Edit(Journal, "        CrashPoint.Reach(CrashPoint.TurnSynced);", "        log.Sync();\n        CrashPoint.Reach(CrashPoint.TurnSynced);")),
        Node("journal-watermark", "Crash safety", "does not write the watermark", JournalTests,
            new Edit(Journal, "if (mark is { } vote && vote != _written)", "if (mark is { } vote && vote != _written && _unsynced > 0)")),
        Node("journal-verdict", "Crash safety", "signs what the watermark forbids", JournalTests,
            new Edit(Journal, "if (verdict is WatermarkVerdict.Below or WatermarkVerdict.Conflict)", "if (verdict is WatermarkVerdict.Below && _unsynced > 0)")),
        Node("journal-unknown", "Crash safety", "passes over a record of the log that it does not know", JournalTests,
            new Edit(Journal, "            records.Add(TryRead(stored, out WalRecord? record)\n                ? record\n                : throw", "            if (TryRead(stored, out WalRecord? record))\n            {\n                records.Add(record);\n            }\n\n            _ = stored.Payload.Length >= 0 ? records : throw"),
            new Edit(Journal, "look with 'aeamc wal inspect'.\"));", "look with 'aeamc wal inspect'.\");")),
        Node("journal-unmarked", "Crash safety", "a vote that it does not remember does not raise the watermark", LoopTests,
            new Edit(Journal, "public void RaiseWatermark(in Statement vote) => watermark.TryRaise(new SignerMark(vote.Epoch, vote.View, (byte)vote.Kind, vote.Block.Hash));", "public void RaiseWatermark(in Statement vote) => _ = vote;")),
        Node("journal-pruned", "Crash safety", "prunes what the core still needs", JournalTests,
            new Edit(Journal, "_pruned = new View(durable.Value - RetainedViews);", "_pruned = durable;")),
    ];
}
