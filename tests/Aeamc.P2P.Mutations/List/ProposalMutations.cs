using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>Rules 2 and 3: what a leader builds on, and what a follower accepts.</summary>
internal static class ProposalMutations
{
    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Consensus("propose-unasked", "2", "builds a block in another leader's view",
            new Edit(Proposals, "if (_halted || _starting || _self is null || _leaders.LeaderOf(_view) != _self || !CanVote(_view))", "if (_halted || _starting || _self is null || !CanVote(_view))")),
        Consensus("propose-on-uncertified", "2", "builds on a notarized block that is not certified",
            new Edit(ViewState, "Notarization is not null && Certification == Certification.Valid", "Notarization is not null")),
        Consensus("propose-over-gap", "2", "builds over a view without a nullification",
            new Edit(Proposals, "            if (state?.Nullification is null)\n            {\n                parent = default;", "            if (state is null)\n            {\n                parent = default;")),
        Consensus("propose-after-nullify", "2", "proposes in a view that it has nullified",
            new Edit(Proposals, "State(_view) is not { BuildingOn: { } parent } state || state.OwnNullify || state.Built is not null", "State(_view) is not { BuildingOn: { } parent } state || state.Built is not null"),
            new Edit(Proposals, "Invariant.Check(state.OwnNotarize is null && !state.OwnNullify && !state.LeaderEquivocated);", "Invariant.Check(state.OwnNotarize is null && !state.LeaderEquivocated);")),
        Consensus("propose-twice", "2", "proposes a second block in one view",
            new Edit(Proposals, "|| state.OwnNullify || state.Built is not null)", "|| state.OwnNullify)"),
            new Edit(Proposals, "Invariant.Check(state.OwnNotarize is null && !state.OwnNullify", "Invariant.Check(!state.OwnNullify")),
        Consensus("propose-late", "2", "proposes a block of a view that is over",
            new Edit(Proposals, "if (block.View != _view || State(_view) is not { BuildingOn: { } parent } state", "if (State(block.View) is not { BuildingOn: { } parent } state")),
        Consensus("propose-other-parent", "2", "proposes what the host built on another parent",
            new Edit(Proposals, "Invariant.Check(block.ParentHash == parent.Hash && block.ParentView == parent.View && block.Height == parent.Height.Next);", "_ = parent;")),
        Consensus("build-failed-elsewhere", "2", "nullifies the current view because it could not build in an earlier one",
            new Edit(Proposals, "if (view == _view && State(view) is { BuildingOn: not null, Built: null })", "if (State(view) is { BuildingOn: not null, Built: null })")),
        Consensus("propose-anew", "2", "a restarted leader builds another block than the one in its log",
            new Edit(Proposals, "if (state.Built is { } built)\n        {\n            // The log", "if (state.Built is { } built && _view == View.Zero)\n        {\n            // The log"),
            new Edit(Proposals, "|| state.OwnNullify || state.Built is not null)", "|| state.OwnNullify)")),
        Consensus("proposal-logged", "2", "does not log its own proposal",
            new Edit(Proposals, "_effects.Add(new Effect.Append(new WalRecord.Proposed(notarize, content)));", "_ = notarize;")),
        Consensus("verify-parent-hash", "3", "accepts a proposal on another parent",
            new Edit(Proposals, "if (block.ParentHash != parent.Hash || block.ParentView", "if (block.ParentView")),
        Consensus("verify-parent-view", "3", "accepts a proposal beside the finalized block",
            new Edit(Proposals, "|| block.ParentView != parent.View || block.Height != parent.Height.Next)", "|| block.Height != parent.Height.Next)")),
        Consensus("verify-height", "3", "accepts a proposal of a wrong height",
            new Edit(Proposals, "|| block.ParentView != parent.View || block.Height != parent.Height.Next)", "|| block.ParentView != parent.View)")),
        Consensus("verify-gap", "3", "accepts a proposal over a view without a nullification",
            new Edit(Proposals, "            if (State(gap)?.Nullification is null)", "            if (gap == View.Zero)")),
        Consensus("verify-pending-parent", "3", "accepts a proposal on a parent that is not certified yet",
            new Edit(Proposals, "            if (parentState.Certification == Certification.Pending)\n            {\n                return;\n            }\n\n", "")),
        Consensus("verify-invalid-parent", "3", "accepts a proposal on a parent that failed certification",
            new Edit(Proposals, "if (parentState.Certification == Certification.Invalid)", "if (parentState.Certification == Certification.Invalid && _halted)")),
        Consensus("verify-asks-leader", "3", "asks somebody else than the leader for the evidence",
            new Edit(Proposals, "                Request(state, proposal.Leader, block.ParentView, new View(_view.Value - 1));", "                Request(state, PeerToAsk(), block.ParentView, new View(_view.Value - 1));")),
        Consensus("verified-other-hash", "3", "notarizes on the verdict of another block",
            new Edit(Proposals, "Verifying: true, Proposal: { } proposal } state || proposal.Block.Hash != hash)", "Verifying: true, Proposal: { } proposal } state)")),
        Consensus("verified-invalid", "3", "notarizes a block that the host found invalid",
            new Edit(Proposals, "        if (!valid)\n        {\n            // Rule 3: invalid.", "        if (!valid && _halted)\n        {\n            // Rule 3: invalid.")),
        Consensus("verified-unasked", "3", "notarizes before its own checks have passed",
            new Edit(Proposals, "State(view) is not { Verifying: true, Proposal: { } proposal } state", "State(view) is not { Proposal: { } proposal } state")),
    ];
}
