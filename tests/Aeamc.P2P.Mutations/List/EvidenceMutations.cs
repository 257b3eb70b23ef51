using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>What is an offence, and how often it counts.</summary>
internal static class EvidenceMutations
{
    private const string Different = "one.Epoch != other.Epoch || one.View != other.View || one == other ? null";
    private const string Record = "consensus/Aeamc.P2P.Ledger/Evidence/MemberRecord.cs";
    private const string Rules = "consensus/Aeamc.P2P.Ledger/Rules/EvidenceRules.cs";

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Consensus("evidence-of-two", "Evidence", "votes of two members are evidence against one",
            new Edit(Evidence, "if (one.Voter == other.Voter && KindOf", "if (KindOf")),
        Consensus("evidence-epochs", "Evidence", "votes of two epochs are evidence",
            new Edit(Evidence, Different, "one.View != other.View || one == other ? null")),
        Consensus("evidence-views", "Evidence", "votes of two views are evidence",
            new Edit(Evidence, Different, "one.Epoch != other.Epoch || one == other ? null")),
        Consensus("evidence-repeated", "Evidence", "one vote sent twice is evidence",
            new Edit(Evidence, Different, "one.Epoch != other.Epoch || one.View != other.View ? null")),
        Consensus("evidence-kinds", "Evidence", "Notarize and Nullify in one view are evidence",
            new Edit(Evidence, "(VoteKind.Nullify, VoteKind.Finalize) or", "(VoteKind.Nullify, VoteKind.Finalize) or (VoteKind.Notarize, VoteKind.Nullify) or (VoteKind.Nullify, VoteKind.Notarize) or")),
        Consensus("evidence-second-signature", "Evidence", "the second vote's signature is not checked",
            new Edit(Evidence, "return first == VerificationResult.Valid ? verifier.Verify(Second, out _) : first;", "return first;")),
        Consensus("evidence-first-signature", "Evidence", "the first vote's signature is not checked",
            new Edit(Evidence, "return first == VerificationResult.Valid ? verifier.Verify(Second, out _) : first;", "return verifier.Verify(Second, out _);")),
        Consensus("evidence-order", "Evidence", "one offence has two encodings",
            new Edit(Evidence, "(byte)evidence.Kind == kind && ReferenceEquals(evidence.First, first);", "(byte)evidence.Kind == kind;")),
        Consensus("evidence-kind-named", "Evidence", "evidence may name another kind than it shows",
            new Edit(Evidence, "(byte)evidence.Kind == kind && ReferenceEquals(evidence.First, first);", "ReferenceEquals(evidence.First, first);")),
        Consensus("evidence-reported-once", "Evidence", "one offence is reported with every further vote",
            new Edit(ViewState, "(_reported ??= []).Add((offender, kind));", "(_reported ??= []).Add((offender, kind)) || _reported.Count > 0;")),
        Consensus("evidence-nullify-finalize", "Evidence", "Nullify after Finalize is not noticed",
            new Edit(Tally, "VoteKind.Nullify => Find(VoteKind.Finalize, vote.Voter),", "VoteKind.Nullify => null,")),
        Consensus("evidence-finalize-nullify", "Evidence", "Finalize after Nullify is not noticed",
            new Edit(Tally, "VoteKind.Finalize => Find(VoteKind.Nullify, vote.Voter),", "VoteKind.Finalize => null,")),
        Ledger("offence-reporter", "Evidence", "anybody may report an offence",
            new Edit(Rules, "if (!MemberRules.TryFind(draft, signer, out _))", "if (draft.Parameters is null)")),
        Ledger("offence-verified", "Evidence", "an offence whose signatures do not verify goes on record",
            new Edit(Rules, "if (!draft.Ports.Evidence.Verify(report.Evidence))", "if (!draft.Ports.Evidence.Verify(report.Evidence) && draft.Parameters is null)")),
        Ledger("offence-of-member", "Evidence", "an offence of somebody who is no member goes on record",
            new Edit(Rules, " || draft.Parent.IndexOf(offence.Offender) is null)", ")")),
        Ledger("offence-once", "Evidence", "one offence counts with every report",
            new Edit(Rules, "known.Epoch >= offence.Epoch)", "known.Epoch > offence.Epoch)")),
        Ledger("offence-reputation", "Evidence", "a convicted member keeps its reputation",
            new Edit(Rules, "entryId, Reputation: 0).Encode());", "entryId, Reputation: 1).Encode());")),
        Ledger("offence-counted", "Evidence", "a conviction is not counted, so that nobody is told of it",
            new Edit(Rules, "        draft.Counters.Offences++;\n", "")),
        Ledger("offence-eligible", "Evidence", "a convicted member may be in later committees",
            new Edit(Record, "public bool IsEligibleIn(Epoch epoch) => epoch <= Epoch;", "public bool IsEligibleIn(Epoch epoch) => epoch >= Epoch || epoch <= Epoch;")),
        Ledger("offence-expires", "Evidence", "an offence of any age goes on record",
            new Edit(Rules, "if (IsExpired(offence.View, draft.Context.View))", "if (IsExpired(offence.View, draft.Context.View) && draft.Parameters is null)")),
    ];
}
