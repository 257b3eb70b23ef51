using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>Rules 2, 3 and 4: proposing, judging a proposal, and notarizing it.</summary>
public sealed partial class SimplexCore
{
    /// <summary>Rule 2: as leader of the current view, find the parent and have a block built on it.</summary>
    private void TryPropose()
    {
        if (_halted || _starting || _self is null || _leaders.LeaderOf(_view) != _self || !CanVote(_view))
        {
            return;
        }

        ViewState state = Ensure(_view);
        if (state.OwnNullify || state.OwnNotarize is not null || state.BuildingOn is not null)
        {
            return;
        }

        if (state.Built is { } built)
        {
            // The log holds our proposal but not our vote for it: the crash came between. Repeat it, never make another.
            Notarize(state, built.Block, send: false);
            return;
        }

        if (!TryFindParent(out BlockRef parent, out View missing))
        {
            if (missing != View.Zero)
            {
                Request(state, PeerToAsk(), missing, missing);
            }

            return;
        }

        state.BuildingOn = parent;
        _effects.Add(new Effect.BuildProposal(_view, parent));
    }

    /// <summary>
    /// The highest certified (or finalized) block with nullifications for every view above it. False: <paramref name="missing"/> is a
    /// view without any evidence, or 0 when a certification is still being awaited.
    /// </summary>
    private bool TryFindParent(out BlockRef parent, out View missing)
    {
        missing = View.Zero;
        for (ulong value = _view.Value - 1; value > _finalized.View.Value; value--)
        {
            ViewState? state = State(new View(value));
            if (state is { IsCertified: true })
            {
                parent = state.Notarization!.Block;
                return true;
            }

            if (state?.Nullification is null)
            {
                parent = default;
                missing = state is { Certification: Certification.Pending } ? View.Zero : new View(value);
                return false;
            }
        }

        parent = _finalized;
        return true;
    }

    private void OnBuilt(BlockRef block, ReadOnlyMemory<byte> content)
    {
        if (block.View != _view || State(_view) is not { BuildingOn: { } parent } state || state.OwnNullify || state.Built is not null)
        {
            return;
        }

        Invariant.Check(block.ParentHash == parent.Hash && block.ParentView == parent.View && block.Height == parent.Height.Next);
        state.Built = (block, content);
        OnProposalTimely();
        Statement notarize = Statement.Notarize(_epoch, block);
        _effects.Add(new Effect.Append(new WalRecord.Proposed(notarize, content)));
        Notarize(state, block, send: false);
    }

    private void OnBuildFailed(View view)
    {
        if (view == _view && State(view) is { BuildingOn: not null, Built: null })
        {
            // Rules 2 and 7: cannot build.
            Nullify(NullifyReason.BuildFailed);
        }
    }

    /// <summary>Our own Notarize is signed: it completes the proposal.</summary>
    private void SendOwnProposal(ViewState state, Vote vote)
    {
        if (state.Built is { } built && built.Block == vote.Statement.Block)
        {
            state.Proposal = new Proposal(vote, built.Content);
            _effects.Add(new Effect.Broadcast(state.Proposal));
        }
    }

    private void OnProposal(Proposal proposal)
    {
        View view = proposal.View;
        if (!Admits(view))
        {
            return;
        }

        ViewState state = Ensure(view);
        bool first = state.Proposal is null && view > _finalized.View;
        if (first && proposal.Leader != _self)
        {
            state.Proposal = proposal;
            if (view == _view)
            {
                OnProposalTimely();
            }
        }

        // Its signature is the leader's Notarize; a second proposal shows there as a conflict (rule 4).
        OnVote(proposal.Notarize);
        if (first && view == _view)
        {
            TryVerify();
        }
    }

    /// <summary>
    /// Rule 3: check the current proposal's parent and the gap below it, ask its leader for what is missing, then have it verified.
    /// Called again whenever a certificate or a certification result comes.
    /// </summary>
    private void TryVerify()
    {
        if (_halted || _starting || State(_view) is not { Proposal: { } proposal, Verifying: false } state
            || state.OwnNullify || state.OwnNotarize is not null || state.LeaderEquivocated || proposal.Leader == _self)
        {
            return;
        }

        BlockRef block = proposal.Block;
        BlockRef parent;
        if (block.ParentView > _finalized.View)
        {
            ViewState? parentState = State(block.ParentView);
            if (parentState?.Notarization is not { } notarization)
            {
                Request(state, proposal.Leader, block.ParentView, new View(_view.Value - 1));
                return;
            }

            parent = notarization.Block;
            if (parentState.Certification == Certification.Pending)
            {
                return;
            }

            if (parentState.Certification == Certification.Invalid)
            {
                Nullify(NullifyReason.InvalidProposal);
                return;
            }
        }
        else
        {
            // A block beside or below the last finalized one can have no valid gap evidence.
            parent = _finalized;
        }

        if (block.ParentHash != parent.Hash || block.ParentView != parent.View || block.Height != parent.Height.Next)
        {
            Nullify(NullifyReason.InvalidProposal);
            return;
        }

        for (View gap = block.ParentView.Next; gap < _view; gap = gap.Next)
        {
            if (State(gap)?.Nullification is null)
            {
                // Rule 3: the leader must hold it, whatever else stands in that view here: this heals split certificates.
                Request(state, proposal.Leader, gap, new View(_view.Value - 1));
                return;
            }
        }

        state.Verifying = true;
        _effects.Add(new Effect.VerifyProposal(proposal, parent));
    }

    private void OnVerified(View view, Hash256 hash, bool valid)
    {
        if (view != _view || State(view) is not { Verifying: true, Proposal: { } proposal } state || proposal.Block.Hash != hash)
        {
            return;
        }

        if (!valid)
        {
            // Rule 3: invalid.
            Nullify(NullifyReason.InvalidProposal);
            return;
        }

        // Rule 4: once, not after our Nullify, not when the leader has equivocated meanwhile.
        if (!state.OwnNullify && !state.LeaderEquivocated && state.OwnNotarize is null)
        {
            Notarize(state, proposal.Block, send: true);
        }
    }

    private void Notarize(ViewState state, in BlockRef block, bool send)
    {
        // Rule 4.
        Invariant.Check(state.OwnNotarize is null && !state.OwnNullify && !state.LeaderEquivocated);
        state.OwnNotarize = block;
        Sign(Statement.Notarize(_epoch, block), send);
    }

    private void Request(ViewState state, NodeIndex peer, View from, View to)
    {
        if (state.Requested == from)
        {
            return;
        }

        state.Requested = from;
        ulong last = Math.Min(to.Value, from.Value + CertificatesRequest.MaximumViews - 1);
        _effects.Add(new Effect.SendTo(_committee[peer], new CertificatesRequest(_epoch, from, new View(last))));
    }
}
