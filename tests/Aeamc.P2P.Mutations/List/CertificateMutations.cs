using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>Rules 5, 8, 9 and 12: quorums, contradictions, bounds.</summary>
internal static class CertificateMutations
{
    private const string Nullification = "VoteKind.Nullify => state.Finalization is not null,";
    private const string Notarization = "VoteKind.Notarize => Differs(state.Notarization) || Differs(state.Finalization),";
    private const string Finalization = "VoteKind.Finalize => state.Nullification is not null || Differs(state.Notarization) || Differs(state.Finalization),";

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Consensus("quorum-votes", "5, 8, 9", "makes a certificate of one vote less than a quorum",
            new Edit(Core, "state.Votes.Count(vote.Statement) >= _committee.Quorum)", "state.Votes.Count(vote.Statement) >= _committee.Quorum - 1)"),
            new Edit(Tally, "Invariant.Check(Count(statement) >= committee.Quorum);", "Invariant.Check(Count(statement) >= committee.Quorum - 1);")),
        Consensus("quorum-size", "5, 8, 9", "a quorum of 2f + 1 also where n is more than 3f + 1",
            new Edit(Committee, "public int Quorum => Count - MaximumFaulty;", "public int Quorum => (2 * MaximumFaulty) + 1;")),
        Consensus("faulty-size", "5, 8, 9", "f of n / 3 instead of (n - 1) / 3",
            new Edit(Committee, "public int MaximumFaulty => (Count - 1) / 3;", "public int MaximumFaulty => Count / 3;")),
        Consensus("vote-counted-twice", "5, 8, 9", "counts one member's vote twice",
            new Edit(Tally, "            conflict = place.Statement == vote.Statement ? null : place;\n            return false;", "            conflict = place.Statement == vote.Statement ? null : place;\n            row.Count(vote.Statement.Block);\n            return true;")),
        Consensus("vote-of-other-block", "5, 8, 9", "counts votes for different blocks together",
            new Edit(Tally, "                if (_counts[i].Block == block)", "                if (_counts[i].Block.View == block.View)")),
        Consensus("voters-counted-twice", "13", "counts a member for every kind of vote it cast",
            new Edit(Tally, "        if (!HasVoted(vote.Voter))\n        {\n            Voters++;\n        }", "        Voters++;")),
        Consensus("enter-on-nullification", "8", "stays in a view that a quorum nullified",
            new Edit(Certificates, "                EnterView(certificate.View.Next);", "                _ = state;")),
        Consensus("certificate-logged", "Crash safety", "does not log a certificate",
            new Edit(Certificates, "if (source != Source.Replayed)", "if (source == Source.Replayed && _halted)")),
        Consensus("nullified-finalized", "9", "takes a nullification of a view that it holds a finalization of",
            new Edit(Certificates, Nullification, "VoteKind.Nullify => false,")),
        Consensus("finalized-nullified", "9", "takes a finalization of a view that it holds a nullification of",
            new Edit(Certificates, Finalization, "VoteKind.Finalize => Differs(state.Notarization) || Differs(state.Finalization),")),
        Consensus("notarized-twice", "9", "takes a second notarization in one view",
            new Edit(Certificates, Notarization, "VoteKind.Notarize => Differs(state.Finalization),")),
        Consensus("notarized-beside-final", "9", "takes a notarization beside the finalized block of its view",
            new Edit(Certificates, Notarization, "VoteKind.Notarize => Differs(state.Notarization),")),
        Consensus("finalized-beside-notarized", "9", "takes a finalization beside the notarized block of its view",
            new Edit(Certificates, Finalization, "VoteKind.Finalize => state.Nullification is not null || Differs(state.Finalization),")),
        Consensus("finalized-twice", "9", "takes a second finalization in one view",
            new Edit(Certificates, Finalization, "VoteKind.Finalize => state.Nullification is not null || Differs(state.Notarization),")),
        Consensus("finalized-beside-chain", "9", "finalizes a block that does not descend from the last finalized one",
            new Edit(Certificates, "            if (oldest.ParentView <= _finalized.View)\n            {\n                return false;\n            }\n\n", "")),
        Consensus("finalized-wrong-ancestor", "9", "commits a block that is not the ancestor named by hash",
            new Edit(Certificates, "if (parent is not { } known || known.Hash != oldest.ParentHash)", "if (parent is not { } known)")),
        Consensus("finalized-without-ancestors", "9", "commits a block without its ancestors",
            new Edit(Certificates, "            chain.Add(known);\n", "")),
        Consensus("finalized-backwards", "9", "takes a finalization below the last one",
            new Edit(Certificates, "        if (certificate.View <= _finalized.View)\n        {\n            return;\n        }\n\n        ViewState", "        ViewState")),
        Consensus("contradiction-of-final", "9", "does not notice a certificate that contradicts a view which is final",
            new Edit(Certificates, "        if (Contradicts(certificate))", "        if (certificate.View > _finalized.View && Contradicts(certificate))")),
        Consensus("certificate-again", "12", "writes a certificate that it holds as often as a peer sends it",
            new Edit(Certificates, "        if (state.CertificateOf(certificate.Kind) is not null)\n        {\n            return;\n        }\n\n", "")),
        Consensus("member-twice", "5, 8, 9", "a committee may have one key twice, whose votes count twice then",
            new Edit(Committee, "if (!_places.TryAdd(members[i], new NodeIndex((ushort)i)))", "if (!_places.TryAdd(members[i], new NodeIndex((ushort)i)) && i > MaximumSize)")),
        Consensus("votes-of-far-views", "12", "takes votes of any later view into memory",
            new Edit(Core, "if (view == View.Zero || view.Value > _view.Value + 1)", "if (view == View.Zero)")),
        Consensus("votes-of-old-views", "12", "takes votes of views long past into memory",
            new Edit(Core, "return view.Value + retained >= _view.Value || (view > _finalized.View && _views.ContainsKey(view));", "return retained > 0;")),
        Consensus("views-kept", "12", "forgets no view",
            new Edit(Certificates, "            _views.RemoveAt(0);", "            break;")),
        Consensus("request-unbounded", "12", "answers a request for any number of views",
            new Edit(Core, "if (request.From > request.To || request.To.Value - request.From.Value >= CertificatesRequest.MaximumViews)", "if (request.From > request.To)")),
        Consensus("halt-goes-on", "9", "answers inputs after it has halted",
            new Edit(Core, "        if (_halted)\n        {\n            return [];\n        }", "        if (_halted && input is null)\n        {\n            return [];\n        }")),
    ];
}
