using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>"Crash safety": what a restarted node remembers, and when it stays quiet or stops.</summary>
internal static class RecoveryMutations
{
    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Consensus("recall-notarize", "Crash safety", "a restarted node forgets its Notarize",
            new Edit(Recovery, "                        state.OwnNotarize = vote.Block;\n", "")),
        Consensus("recall-nullify", "Crash safety", "a restarted node forgets its Nullify",
            new Edit(Recovery, "                        state.OwnNullify = true;\n", "")),
        Consensus("recall-finalize", "Crash safety", "a restarted node forgets its Finalize",
            new Edit(Recovery, "                        state.OwnFinalize = vote.Block;\n", "")),
        Consensus("recall-proposal", "Crash safety", "a restarted leader forgets its proposal",
            new Edit(Recovery, "                Ensure(proposed.View).Built = (proposed.Notarize.Block, proposed.Content);\n", "")),
        Consensus("recall-certified", "Crash safety", "a restarted node takes a failed certification for a good one",
            new Edit(Recovery, "Ensure(certified.View).Certification = certified.Valid ? Certification.Valid : Certification.Invalid;", "Ensure(certified.View).Certification = Certification.Valid;")),
        Consensus("resume-last-record", "Crash safety", "resumes in the last record's view, not in the highest",
            new Edit(Recovery, "private static View Later(View one, View other) => one > other ? one : other;", "private static View Later(View one, View other) => other > View.Zero ? other : one;")),
        Consensus("recall-sends", "10", "a restarted node does not repeat its votes",
            new Edit(Recovery, "            SignAgain(state);\n", "")),
        Consensus("own-vote-unknown", "Crash safety", "goes on after a vote of its own key that it does not remember",
            new Edit(Core, "if (own && view > _finalized.View && view > _forgotten && !state.Remembers(vote.Statement))", "if (own && _halted)")),
        Consensus("own-vote-in-certificate", "Crash safety", "goes on after a certificate with a vote of its own that it does not remember",
            new Edit(Certificates, "            && !state.Remembers(certificate.Statement))", "            && _halted)")),
        Consensus("own-vote-of-old", "Crash safety", "halts again and again on its own votes from before a restore",
            new Edit(Core, "if (own && view > _finalized.View && view > _forgotten && !state", "if (own && view > _finalized.View && !state")),
        Consensus("own-certificate-of-old", "Crash safety", "halts again and again on certificates with its votes from before a restore",
            new Edit(Certificates, "certificate.Signers.Contains(self) && certificate.View > _forgotten\n", "certificate.Signers.Contains(self)\n")),
        Consensus("quiet-core", "Crash safety", "asks for votes while quiet after a restore",
            new Edit(Core, "private bool CanVote(View view) => _self is not null && view > _forgotten && (_forgotten == View.Zero || _finalized.View > _forgotten);", "private bool CanVote(View view) => _self is not null && view > View.Zero;")),
        Consensus("quiet-until-passed", "Crash safety", "votes again in a view beyond the watermark before any finalization is",
            new Edit(Core, "&& view > _forgotten && (_forgotten == View.Zero || _finalized.View > _forgotten);", "&& view > _forgotten;")),
        Consensus("restore-noticed", "Crash safety", "does not notice that the log lacks the watermark's vote",
            new Edit(Recovered, "                forgotten = last.View;", "                forgotten = View.Zero;")),
        Consensus("restore-same-view", "Crash safety", "takes another vote of the watermark's view for the one it names",
            new Edit(Recovered, "vote.View == mark.View && vote.Kind == mark.Kind && vote.Block.Hash == mark.Hash;", "vote.View == mark.View;")),
        Consensus("restore-unlogged", "Crash safety", "forgets the votes that only the signer's file holds",
            new Edit(Recovered, "            kept.Add(new WalRecord.Voted(vote));\n            Count(vote);\n", "            Count(vote);\n")),
        Consensus("restore-unlogged-whole", "Crash safety", "takes a log for whole because the signer's file holds votes itself",
            new Edit(Recovered, "bool remembered = memory.Logged is not { } logged || logged.Epoch < epoch;", "bool remembered = memory.Logged is not { } logged || logged.Epoch < epoch || memory.Unlogged.Count > 0;")),
        Consensus("restore-former-epoch", "Crash safety", "is quiet because its last logged vote is of an earlier epoch",
            new Edit(Recovered, "bool remembered = memory.Logged is not { } logged || logged.Epoch < epoch;", "bool remembered = memory.Logged is null;")),
        Consensus("restore-final", "Crash safety", "stays quiet though the watermark's view is final",
            new Edit(Recovered, "else if (last.Epoch == epoch && last.View > finalized)", "else if (last.Epoch == epoch)")),
        Consensus("restore-final-in-log", "Crash safety", "stays quiet though a finalization in the log covers the watermark's view",
            new Edit(Recovered, "                finalized = finalization.View;", "                _ = finalization;")),
        Consensus("restore-later-epoch", "Crash safety", "votes in an epoch that its key has left",
            new Edit(Recovered, "forgotten = new View(ulong.MaxValue);", "forgotten = View.Zero;")),
        Consensus("replay-other-epoch", "Crash safety", "replays the records of another epoch",
            new Edit(Recovered, "if (record.Epoch != epoch)", "if (record.Epoch > epoch && memory.Highest is not null)")),
    ];
}
