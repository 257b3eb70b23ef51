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
            new Edit(Loop, "            _journal.SyncVotes(_guard.Watermark);\n", "            _ = votes;\n"),
            new Edit(Loop, "() => _journal.SyncVotes(_guard.Watermark));", "() => { });")),
        Node("loop-contents", "What a vote means", "votes for a block whose content and batches are not on the disk", LoopTests,
            new Edit(Loop, "_side.RunBeside(_application.SyncContents, () => _journal.SyncVotes(_guard.Watermark));", "_journal.SyncVotes(_guard.Watermark);")),
        Node("loop-contents-asked", "What a vote means", "syncs contents only where there is nothing to sync", LoopTests,
            new Edit(Loop, "if (votesForBlocks && _application.HasUnsyncedContents)", "if (votesForBlocks && !_application.HasUnsyncedContents)")),
        Node("loop-contents-final", "What a vote means", "finalizes a block whose content and batches are not on the disk", LoopTests,
            new Edit(Loop, "Statement.Kind: not VoteKind.Nullify };", "Statement.Kind: VoteKind.Notarize };")),
        Node("side-wait", "What a vote means", "does not wait for the other thread's sync", SideTests,
            new Edit(Side, "                while (_work is not null)\n", "                while (_work is not null && _closed)\n")),
        Node("side-failure", "What a vote means", "passes over the other thread's failure", ["SideThreadTests", "ConsensusLoopTests"],
            new Edit(Side, "        _failure?.Throw();\n", "        _ = _failure;\n")),
        Node("loop-sync-late", "Crash safety", "sends a vote before the sync", LoopTests,
            new Edit(Loop, "        if (votesForBlocks && _application", "        foreach (Effect effect in effects)\n        {\n            Perform(effect);\n        }\n\n        if (votesForBlocks && _application"),
            new Edit(Loop, "        _observer.IsQuiet = _guard.IsQuiet;\n        foreach (Effect effect in effects)\n        {\n            Perform(effect);\n        }\n", "        _observer.IsQuiet = _guard.IsQuiet;\n")),
        Node("loop-log-final", "Crash safety", "does not sync the log behind a finalization", LoopTests,
            new Edit(Loop, "        if (finalizes || _journal.IsLong)\n", "        if (_journal.IsLong && (finalizes || votes || effects.Count > 0))\n")),
        Node("loop-log-long", "Crash safety", "lets any number of votes wait for the log while nothing is final", LoopTests,
            new Edit(Loop, "        if (finalizes || _journal.IsLong)\n", "        if (finalizes)\n")),
        Node("loop-log-end", "Crash safety", "stops without syncing the log", LoopTests,
            new Edit(Loop, "            _journal.SyncLog();\n        }\n        catch", "        }\n        catch")),
        Node("loop-vote-logged", "Crash safety", "sends a vote that is in no file", LoopTests,
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
        Node("journal-not-whole", "Crash safety", "the signer's file names a log that lacks votes", JournalTests,
            new Edit(Journal, "if (!_whole || !SignerTail.Fits(_unlogged))", "if (!SignerTail.Fits(_unlogged))")),
        Node("journal-full", "Crash safety", "writes more votes to the signer's file than it takes", JournalTests,
            new Edit(Journal, "if (!_whole || !SignerTail.Fits(_unlogged))", "if (!_whole)")),
        Node("journal-overtaken", "Crash safety", "takes a log that lacks votes for whole because a later view is final", JournalTests,
            new Edit(Journal, "_whole = recovered.IsWhole;", "_whole = recovered.Forgotten == View.Zero;")),
        Node("journal-restored", "Crash safety", "a start does not put the votes of the signer's file into the log", JournalTests,
            new Edit(Journal, "                Append(new WalRecord.Voted(vote));\n", "                _ = vote;\n")),
        Node("journal-pruned-vote", "Crash safety", "the signer's file names a vote that was pruned from the log", JournalTests,
            new Edit(Journal, "_whole &= _logged is not { } logged || (logged.Epoch == epoch && logged.View >= _pruned);", "_whole &= epoch.Value >= 0;")),
        Node("journal-memory", "Crash safety", "the votes of the signer's file are not read", JournalTests,
            new Edit(Journal, "return new SignerMemory(ReadWatermark(file), MarkOf(file.Tail.Logged), unlogged);", "return new SignerMemory(ReadWatermark(file), MarkOf(file.Tail.Logged), []);")),
        Node("journal-watermark", "Crash safety", "does not write the signer's file", JournalTests,
            new Edit(Journal, "if (mark is { } vote && _unsaved)", "if (mark is { } vote && _unsaved && _unsynced == 0)")),
        Node("journal-verdict", "Crash safety", "signs what the watermark forbids", JournalTests,
            new Edit(Journal, "if (verdict is WatermarkVerdict.Below or WatermarkVerdict.Conflict)", "if (verdict is WatermarkVerdict.Below && _unsynced == 0)")),
        Node("journal-unknown", "Crash safety", "passes over a record of the log that it does not know", JournalTests,
            new Edit(Journal, "            records.Add(TryRead(stored, out WalRecord? record)\n                ? record\n                : throw", "            if (TryRead(stored, out WalRecord? record))\n            {\n                records.Add(record);\n            }\n\n            _ = stored.Payload.Length >= 0 ? records : throw"),
            new Edit(Journal, "look with 'aeamc wal inspect'.\"));", "look with 'aeamc wal inspect'.\");")),
        Node("journal-unmarked", "Crash safety", "a vote that it does not remember does not raise the watermark", LoopTests,
            new Edit(Journal, "public void RaiseWatermark(in Statement vote) => watermark.TryRaise(MarkOf(vote));", "public void RaiseWatermark(in Statement vote) => _ = vote;")),
        Node("journal-pruned", "Crash safety", "prunes what the core still needs", JournalTests,
            new Edit(Journal, "_pruned = new View(durable.Value - RetainedViews);", "_pruned = durable;")),
    ];
}
