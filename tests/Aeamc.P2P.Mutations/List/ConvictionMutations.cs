using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>Rule 14: signatures held against each other, and what a conviction costs.</summary>
internal static class ConvictionMutations
{
    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Consensus("held-against-certificates", "14", "does not hold a vote against what its voter signed inside a certificate",
            new Edit(Core, "        HoldAgainstCertificates(state, vote);\n", "")),
        Consensus("held-in-final-views", "14", "holds a vote against no certificate of a view that is final",
            new Edit(Core, "        HoldAgainstCertificates(state, vote);\n", "        if (view > _finalized.View)\n        {\n            HoldAgainstCertificates(state, vote);\n        }\n\n")),
        Consensus("held-against-votes", "14", "does not hold a certificate against its signers' votes",
            new Edit(Certificates, "            HoldAgainstVotes(certificate);\n", "")),
        Consensus("held-between-certificates", "14", "does not hold two certificates of a view against each other",
            new Edit(CoreEvidence, "is not null ? earlier : held?.VoteOf(member);", "is not null ? earlier : null;")),
        Consensus("held-before-halt", "14", "does not say who signed both certificates that stop it",
            new Edit(Certificates, "        if (source == Source.Received)\n", "        if (source == Source.Received && !Contradicts(certificate))\n")),
        Consensus("convicted-turn", "14", "a convicted leader keeps its turn",
            new Edit(Views, "        if (LosesItsTurn(leader))", "        if (LosesItsTurn(leader) && _halted)")),
        Consensus("convicted-most", "14", "more convicted members than may be byzantine lose their turns as well",
            new Edit(CoreEvidence, "_convicted.Count <= _committee.MaximumFaulty && _convicted.Contains(leader);", "_convicted.Contains(leader);")),
        Consensus("convicted-stranger", "14", "whoever is no member counts among the convicted ones",
            new Edit(CoreEvidence, "            if (_committee.Contains(member))", "            if (_committee.Contains(member) || _convicted.Count >= 0)")),
    ];
}
