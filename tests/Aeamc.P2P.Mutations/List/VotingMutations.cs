using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>Rules 4 and 5: Notarize and Finalize.</summary>
internal static class VotingMutations
{
    private const string Check = "Invariant.Check(state.OwnNotarize is null && !state.OwnNullify && !state.LeaderEquivocated);";
    private const string May = "if (!state.OwnNullify && !state.LeaderEquivocated && state.OwnNotarize is null)";
    private const string MayFinalize = "if (!state.OwnNullify && !state.LeaderEquivocated && !votedOther && state.OwnFinalize is null)";

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Consensus("notarize-once", "4", "notarizes twice in one view",
            new Edit(Proposals, May, "if (!state.OwnNullify && !state.LeaderEquivocated)"),
            new Edit(Proposals, Check, "Invariant.Check(!state.OwnNullify && !state.LeaderEquivocated);")),
        Consensus("notarize-after-nullify", "4", "notarizes after its own Nullify",
            new Edit(Proposals, May, "if (!state.LeaderEquivocated && state.OwnNotarize is null)"),
            new Edit(Proposals, Check, "Invariant.Check(state.OwnNotarize is null && !state.LeaderEquivocated);")),
        Consensus("notarize-equivocator", "4", "notarizes after seeing the leader sign two blocks",
            new Edit(Proposals, May, "if (!state.OwnNullify && state.OwnNotarize is null)"),
            new Edit(Proposals, Check, "Invariant.Check(state.OwnNotarize is null && !state.OwnNullify);")),
        Consensus("equivocation-of-leader", "4", "does not notice that the leader signed two blocks",
            new Edit(Core, "            state.LeaderEquivocated = true;", "            _ = state;")),
        Consensus("equivocation-of-others", "4", "takes any member's second Notarize for the leader's",
            new Edit(Core, "if (later.Statement.Kind == VoteKind.Notarize && later.Voter == _leaders.LeaderOf(state.View))", "if (later.Statement.Kind == VoteKind.Notarize)")),
        Consensus("equivocation-by-certificate", "5", "does not conclude from another block's notarization that the leader signed two",
            new Edit(Certificates, "            state.LeaderEquivocated = true;", "            _ = proposal;")),
        Consensus("finalize-after-nullify", "5", "finalizes after its own Nullify",
            new Edit(Certificates, MayFinalize, "if (!state.LeaderEquivocated && !votedOther && state.OwnFinalize is null)")),
        Consensus("finalize-equivocator", "5", "finalizes after seeing the leader sign two blocks",
            new Edit(Certificates, MayFinalize, "if (!state.OwnNullify && !votedOther && state.OwnFinalize is null)")),
        Consensus("finalize-other", "5", "finalizes another block than the one it notarized",
            new Edit(Certificates, MayFinalize, "if (!state.OwnNullify && !state.LeaderEquivocated && state.OwnFinalize is null)")),
        Consensus("finalize-once", "5", "signs a second Finalize in one view",
            new Edit(Certificates, MayFinalize, "if (!state.OwnNullify && !state.LeaderEquivocated && !votedOther)")),
        Consensus("finalize-uncertified", "5", "finalizes though certification failed",
            new Edit(Certificates, "        if (valid)\n        {\n            BlockRef block", "        if (valid || !_halted)\n        {\n            BlockRef block")),
        Consensus("certified-other-hash", "5", "takes the verdict on another block for this one's",
            new Edit(Certificates, "            || notarization.Block.Hash != hash)", "            || hash == default)")),
        Consensus("certify-failure-elsewhere", "5", "nullifies the current view because an earlier one failed certification",
            new Edit(Certificates, "else if (view == _view)", "else if (view <= _view)")),
        Consensus("certify-failure", "5", "does not nullify when certification fails",
            new Edit(Certificates, "            Nullify(NullifyReason.CertificationFailed);", "            _ = notarization;")),
        Consensus("certified-logged", "5", "does not log the result of a certification",
            new Edit(Certificates, "        _effects.Add(new Effect.Append(new WalRecord.Certified(_epoch, view, hash, valid)));\n", "")),
        Consensus("certify-abandoned", "6", "gives a certification up at a nullification",
            new Edit(Certificates, "                state.Nullification = certificate;", "                state.Nullification = certificate;\n                state.Certification = Certification.None;")),
        Consensus("certify-finalized", "6", "goes on certifying below a finalization",
            new Edit(Certificates, "        if (pending && !_starting)", "        if (pending && _starting)")),
    ];
}
