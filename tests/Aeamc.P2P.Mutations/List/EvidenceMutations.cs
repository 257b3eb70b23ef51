using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>What is an offence, and how often it counts.</summary>
internal static class EvidenceMutations
{
    private const string Same = "if (one.Voter != other.Voter || a.Epoch != b.Epoch || a.View != b.View || a == b)";
    private const string Rules = "consensus/Aeamc.P2P.Ledger/Rules/EvidenceRules.cs";

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Consensus("evidence-of-two", "Evidence", "votes of two members are evidence against one",
            new Edit(Evidence, Same, "if (a.Epoch != b.Epoch || a.View != b.View || a == b)")),
        Consensus("evidence-epochs", "Evidence", "votes of two epochs are evidence",
            new Edit(Evidence, Same, "if (one.Voter != other.Voter || a.View != b.View || a == b)")),
        Consensus("evidence-views", "Evidence", "votes of two views are evidence",
            new Edit(Evidence, Same, "if (one.Voter != other.Voter || a.Epoch != b.Epoch || a == b)")),
        Consensus("evidence-repeated", "Evidence", "one vote sent twice is evidence",
            new Edit(Evidence, Same, "if (one.Voter != other.Voter || a.Epoch != b.Epoch || a.View != b.View)")),
        Consensus("evidence-kinds", "Evidence", "Notarize and Nullify in one view are evidence",
            new Edit(Evidence, "else if (a.Kind != b.Kind && a.Kind != VoteKind.Notarize && b.Kind != VoteKind.Notarize)", "else if (a.Kind != b.Kind)")),
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
        Ledger("offence-verified", "Evidence", "an offence that does not verify goes on record",
            new Edit(Rules, "if (!draft.Ports.Evidence.TryVerify(report.Evidence, out NodeId offender, out Hash256 offence) || draft", "if ((!draft.Ports.Evidence.TryVerify(report.Evidence, out NodeId offender, out Hash256 offence) && draft.Parameters is null) || draft")),
        Ledger("offence-of-member", "Evidence", "an offence of somebody who is no member goes on record",
            new Edit(Rules, " || draft.Parent.IndexOf(offender) is null)", ")")),
        Ledger("offence-once", "Evidence", "one offence counts with every report",
            new Edit(Rules, "if (draft.TryRead(key, out _))", "if (draft.TryRead(key, out _) && draft.Parameters is null)")),
    ];
}
