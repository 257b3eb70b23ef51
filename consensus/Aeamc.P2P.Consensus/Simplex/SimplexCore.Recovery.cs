using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>"Crash safety": starting, from nothing or from a log.</summary>
public sealed partial class SimplexCore
{
    private void OnStart()
    {
        if (_recovered is not { } recovered)
        {
            return;
        }

        _recovered = null;
        _starting = true;

        // The highest view that any record speaks of, not the last record's: records of several views interleave.
        View resume = _finalized.View.Next;
        foreach (WalRecord record in recovered.Records)
        {
            if (record.View > _finalized.View)
            {
                resume = Later(resume, Recall(record));
            }
        }

        // Votes and results are known before certificates draw consequences.
        foreach (WalRecord record in recovered.Records)
        {
            if (record is WalRecord.Accepted accepted)
            {
                if (accepted.Certificate is { Kind: VoteKind.Finalize } finalization && finalization.Block == _finalized)
                {
                    // The ledger has it already; peers that lag still ask for it (rule 10).
                    _finalization = finalization;
                }

                OnCertificate(accepted.Certificate, Source.Replayed);
            }
        }

        EnterView(resume);
        _starting = false;
        if (!_halted)
        {
            Resume();
        }
    }

    /// <summary>Restores the flag that a record stands for and returns the view it proves this node had reached.</summary>
    private View Recall(WalRecord record)
    {
        switch (record)
        {
            case WalRecord.Voted { Statement: var vote }:
                ViewState state = Ensure(vote.View);
                switch (vote.Kind)
                {
                    case VoteKind.Notarize:
                        state.OwnNotarize = vote.Block;
                        return vote.View;
                    case VoteKind.Nullify:
                        state.OwnNullify = true;
                        return vote.View;
                    case VoteKind.Finalize:
                        state.OwnFinalize = vote.Block;
                        return vote.View.Next;
                    default:
                        throw Invariant.Fail($"vote kind {vote.Kind}");
                }

            case WalRecord.Proposed proposed:
                Ensure(proposed.View).Built = (proposed.Notarize.Block, proposed.Content);
                return proposed.View;
            case WalRecord.Certified certified:
                Ensure(certified.View).Certification = certified.Valid ? Certification.Valid : Certification.Invalid;
                return certified.Valid ? certified.View.Next : certified.View;
            case WalRecord.Accepted:
                // Entering is up to the certificate's own rule.
                return View.Zero;
            default:
                throw Invariant.Fail($"no replay for {record.GetType().Name}");
        }
    }

    private void Resume()
    {
        View view = _view;
        _view = new View(view.Value - 1);
        for (int i = 0; i < _views.Count; i++)
        {
            ViewState state = _views.GetValueAtIndex(i);
            if (state.View <= _finalized.View)
            {
                continue;
            }

            if (state.Certification == Certification.Pending)
            {
                // Rule 5: the answer was lost with the crash.
                _effects.Add(new Effect.Certify(state.Notarization!));
            }

            SignAgain(state);
        }

        EnterView(view);
        if (State(view) is { OwnNullify: true })
        {
            // The view was given up before the crash: no second chance, but say so again soon (rule 10).
            CancelViewTimers();
            SetTimer(TimerKind.Retry, 0);
        }
    }

    /// <summary>Own votes are repeated (rule 10) and counted again; the signature scheme is deterministic, the guard remembers them.</summary>
    private void SignAgain(ViewState state)
    {
        if (state.OwnNotarize is { } notarized)
        {
            Sign(Statement.Notarize(_epoch, notarized), send: state.Built is null);
        }

        if (state.OwnNullify)
        {
            Sign(Statement.Nullify(_epoch, state.View), send: true);
        }

        if (state.OwnFinalize is { } finalized)
        {
            Sign(Statement.Finalize(_epoch, finalized), send: true);
        }
    }

    private static View Later(View one, View other) => one > other ? one : other;
}
