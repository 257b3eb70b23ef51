using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>Rules 5, 6, 8, 9 and 12: what follows from a quorum.</summary>
public sealed partial class SimplexCore
{
    private enum Source
    {
        /// <summary>Made here out of votes: broadcast it.</summary>
        Assembled,

        /// <summary>A peer's, which broadcast it itself.</summary>
        Received,

        /// <summary>Read from our log: neither write nor send it again.</summary>
        Replayed,
    }

    /// <summary>Rule 12: a certificate is taken from any view above the last finalized one.</summary>
    private void OnCertificate(Certificate certificate, Source source)
    {
        if (source == Source.Received)
        {
            // Before anything else, above all before a halt: who signed on both sides is what is left to say then (rule 14).
            HoldAgainstVotes(certificate);
        }

        if (Contradicts(certificate))
        {
            Halt(HaltReason.ConflictingCertificates, certificate.Statement.ToString());
            return;
        }

        if (certificate.View <= _finalized.View)
        {
            return;
        }

        ViewState state = Ensure(certificate.View);
        if (state.CertificateOf(certificate.Kind) is not null)
        {
            return;
        }

        if (source == Source.Received && _self is { } self && certificate.Signers.Contains(self) && certificate.View > _forgotten
            && !state.Remembers(certificate.Statement))
        {
            // "Crash safety": a quorum counted a vote of ours that we do not remember.
            Halt(HaltReason.UnknownOwnVote, certificate.Statement.ToString(), certificate.Statement);
            return;
        }

        NoteSigners(certificate);
        if (source == Source.Received && certificate.Kind == VoteKind.Notarize && certificate.View > _view.Next)
        {
            // Rule 13: the others are views ahead.
            AskAnyone(certificate.View);
        }

        if (source != Source.Replayed)
        {
            _effects.Add(new Effect.Append(new WalRecord.Accepted(certificate)));
        }

        if (source == Source.Assembled && Relays(certificate))
        {
            // Rule 5, and as much for 8: even when the block is not verified here.
            _effects.Add(new Effect.Broadcast(certificate));
        }

        switch (certificate.Kind)
        {
            case VoteKind.Notarize:
                OnNotarization(state, certificate);
                break;
            case VoteKind.Nullify:
                state.Nullification = certificate;
                // Rule 8.
                EnterView(certificate.View.Next);
                break;
            case VoteKind.Finalize:
                OnFinalization(state, certificate);
                break;
            default:
                throw Invariant.Fail($"certificate kind {certificate.Kind}");
        }

        // Evidence that the current view's proposal or our own waits for may have come with it.
        TryPropose();
        TryVerify();
    }

    /// <summary>Rule 5: certify, with t_a left armed so that a certification that never ends does not hold the view.</summary>
    private void OnNotarization(ViewState state, Certificate notarization)
    {
        state.Notarization = notarization;
        if (state.Proposal is { } proposal && proposal.Block != notarization.Block)
        {
            // Honest members notarize only what the leader signed, so it signed two.
            state.LeaderEquivocated = true;
        }

        if (state.Certification == Certification.None)
        {
            state.Certification = Certification.Pending;
            if (!_starting)
            {
                _effects.Add(new Effect.Certify(notarization));
            }
        }
    }

    private void OnCertified(View view, Hash256 hash, bool valid)
    {
        // Rule 6: our own Nullify does not matter here, a finalization at or above does.
        if (view <= _finalized.View || State(view) is not { Certification: Certification.Pending, Notarization: { } notarization } state
            || notarization.Block.Hash != hash)
        {
            return;
        }

        state.Certification = valid ? Certification.Valid : Certification.Invalid;
        _effects.Add(new Effect.Append(new WalRecord.Certified(_epoch, view, hash, valid)));
        if (valid)
        {
            BlockRef block = notarization.Block;
            bool votedOther = state.OwnNotarize is { } own && own != block;
            if (!state.OwnNullify && !state.LeaderEquivocated && !votedOther && state.OwnFinalize is null)
            {
                // Rule 5: Finalize unless we nullified the view or saw its leader equivocate.
                state.OwnFinalize = block;
                Sign(Statement.Finalize(_epoch, block), send: true);
            }

            EnterView(view.Next);
        }
        else if (view == _view)
        {
            // Rule 5: failure.
            Nullify(NullifyReason.CertificationFailed);
        }

        TryPropose();
        TryVerify();
    }

    /// <summary>Rule 9: the block and all its ancestors are final.</summary>
    private void OnFinalization(ViewState state, Certificate finalization)
    {
        state.Finalization = finalization;
        BlockRef block = finalization.Block;
        if (!TryCollectAncestors(block, out List<BlockRef> chain))
        {
            Halt(HaltReason.ConflictingCertificates, $"{finalization.Statement} does not descend from {_finalized}");
            return;
        }

        _finalized = block;
        _finalization = finalization;
        _effects.Add(new Effect.Finalized(finalization, chain));
        Settle(block.View);
        EnterView(block.View.Next);
    }

    /// <summary>
    /// The blocks after the last finalized one up to <paramref name="block"/>, oldest first, as far down as they are known here. False
    /// when the chain passes the last finalized block by.
    /// </summary>
    private bool TryCollectAncestors(in BlockRef block, out List<BlockRef> chain)
    {
        chain = [block];
        BlockRef oldest = block;
        while (oldest.ParentHash != _finalized.Hash)
        {
            if (oldest.ParentView <= _finalized.View)
            {
                return false;
            }

            ViewState? state = State(oldest.ParentView);
            BlockRef? parent = state?.Notarization?.Block ?? state?.Proposal?.Block;
            if (parent is not { } known || known.Hash != oldest.ParentHash)
            {
                // We slept: the host fetches what lies between by parent hash.
                break;
            }

            chain.Add(known);
            oldest = known;
        }

        chain.Reverse();
        return true;
    }

    /// <summary>Rules 6 and 12: stop certifying up to the finalized view, and forget what is older than the retention.</summary>
    private void Settle(View through)
    {
        bool pending = false;
        for (int i = 0; i < _views.Count && _views.GetKeyAtIndex(i) <= through; i++)
        {
            ViewState state = _views.GetValueAtIndex(i);
            pending |= state.Certification == Certification.Pending;
            if (state.Certification == Certification.Pending)
            {
                state.Certification = Certification.None;
            }

            state.Close();
        }

        if (pending && !_starting)
        {
            _effects.Add(new Effect.AbandonCertify(through));
        }

        while (_views.Count > 0 && _views.GetKeyAtIndex(0).Value + (ulong)_options.RetainedViews < through.Value)
        {
            _views.RemoveAt(0);
        }
    }

    /// <summary>Whether this certificate and one held cannot both exist while at most f members are byzantine.</summary>
    private bool Contradicts(Certificate certificate)
    {
        if (State(certificate.View) is not { } state)
        {
            return false;
        }

        return certificate.Kind switch
        {
            VoteKind.Nullify => state.Finalization is not null,
            VoteKind.Notarize => Differs(state.Notarization) || Differs(state.Finalization),
            VoteKind.Finalize => state.Nullification is not null || Differs(state.Notarization) || Differs(state.Finalization),
            _ => throw Invariant.Fail($"certificate kind {certificate.Kind}"),
        };

        bool Differs(Certificate? held) => held is not null && held.Block != certificate.Block;
    }

    private void NoteSigners(Certificate certificate)
    {
        for (int i = 0; i < _committee.Count; i++)
        {
            var member = new NodeIndex((ushort)i);
            if (certificate.Signers.Contains(member))
            {
                NoteActive(member, certificate.View);
            }
        }
    }
}
