using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>Rules 1, 7, 10 and 11: entering a view, its timers, giving it up, and repeating oneself while stuck.</summary>
public sealed partial class SimplexCore
{
    private bool _starting;
    private bool _workWaiting;
    private bool _leaderTimerArmed;
    private bool _advanceTimerArmed;
    private bool _timersHoldIdle;
    private bool _leaderSilent;

    /// <summary>Rule 1. Does nothing for a view not beyond the current one.</summary>
    private void EnterView(View view)
    {
        if (view <= _view || _halted)
        {
            return;
        }

        _view = view;
        if (_starting)
        {
            return;
        }

        ViewState state = Ensure(view);
        NodeIndex leader = _leaders.LeaderOf(view);
        _effects.Add(new Effect.EnteredView(view, leader));

        // A leader heard of in this view already is not silent: its vote came with the proposal.
        _leaderSilent = leader != _self && IsSilent(leader);
        _timersHoldIdle = !_workWaiting && !_leaderSilent && state.Proposal is null;
        int idle = _timersHoldIdle ? _options.IdleInterval : 0;
        if (state.Proposal is null)
        {
            // Rule 1: no time for a leader that has been silent for skip_timeout while a quorum was active.
            SetTimer(TimerKind.Leader, _leaderSilent ? 0 : idle + (2 * Delay()));
        }
        else if (_leaderTimerArmed)
        {
            // Rule 3: the proposal came before we did.
            _leaderTimerArmed = false;
            _effects.Add(new Effect.CancelTimer(TimerKind.Leader));
        }

        SetTimer(TimerKind.Advance, _leaderSilent ? 0 : idle + (3 * Delay()));
        SetTimer(TimerKind.Retry, _options.RetryInterval);
        if (LosesItsTurn(leader))
        {
            // Rule 1: no waiting and no vote for a leader whose equivocation stands in the ledger.
            Nullify(NullifyReason.LeaderConvicted);
        }

        TryPropose();
        TryVerify();
    }

    private void OnTimer(TimerKind kind, View view)
    {
        if (view != _view)
        {
            return;
        }

        switch (kind)
        {
            case TimerKind.Leader when _leaderTimerArmed:
                _leaderTimerArmed = false;
                Nullify(_leaderSilent ? NullifyReason.LeaderSilent : NullifyReason.LeaderTimeout);
                break;
            case TimerKind.Advance when _advanceTimerArmed:
                _advanceTimerArmed = false;
                Nullify(_leaderSilent ? NullifyReason.LeaderSilent : NullifyReason.AdvanceTimeout);
                break;
            case TimerKind.Retry:
                if (IsUnfinished())
                {
                    Repeat();
                    AskAgain();
                }

                SetTimer(TimerKind.Retry, _options.RetryInterval);
                break;
            case TimerKind.Leader or TimerKind.Advance:
                // Fired while its cancellation was on the way.
                break;
            default:
                throw Invariant.Fail($"timer kind {kind}");
        }
    }

    /// <summary>Pace: while entries wait here, a leader has 2D and not the idle interval as well.</summary>
    private void OnWork(bool any)
    {
        _workWaiting = any;
        if (any && _leaderTimerArmed && _timersHoldIdle)
        {
            _timersHoldIdle = false;
            SetTimer(TimerKind.Leader, 2 * Delay());
            SetTimer(TimerKind.Advance, 3 * Delay());
        }
    }

    /// <summary>Rule 3: the first proposal is here. An idle wait is over too, and a silent leader has spoken: t_a gets its usual length.</summary>
    private void OnProposalTimely()
    {
        if (_leaderTimerArmed)
        {
            _leaderTimerArmed = false;
            _effects.Add(new Effect.CancelTimer(TimerKind.Leader));
        }

        if (_advanceTimerArmed && (_timersHoldIdle || _leaderSilent))
        {
            _timersHoldIdle = false;
            _leaderSilent = false;
            SetTimer(TimerKind.Advance, 3 * Delay());
        }
    }

    /// <summary>Rule 7: nullify the current view, once, and never after our own Finalize in it.</summary>
    private void Nullify(NullifyReason reason)
    {
        ViewState state = Ensure(_view);
        if (_self is null || state.OwnNullify || state.OwnFinalize is not null)
        {
            return;
        }

        state.OwnNullify = true;
        CancelViewTimers();
        if (CanVote(_view))
        {
            Sign(Statement.Nullify(_epoch, _view), send: true);
            _effects.Add(new Effect.ReportNullified(_view, reason));
        }

        SetTimer(TimerKind.Retry, _options.RetryInterval);
    }

    /// <summary>
    /// Rule 10: whether something said may have been lost. We gave this view up, or voted for its block and hear nothing, or a view that we
    /// left is still not final. A view in which its leader merely waits for entries is none of these.
    /// </summary>
    private bool IsUnfinished() => _finalized.View.Next < _view || State(_view) is { OwnNullify: true } or { OwnNotarize: not null };

    /// <summary>
    /// Rule 10: the highest finalization, the certificates above it and all our votes above it, newest views last, with our proposal while its
    /// view runs; and one member after another is asked for what we may lack.
    /// </summary>
    private void Repeat()
    {
        AskAnyone(_view);
        if (_self is not { } self)
        {
            return;
        }

        BroadcastIfHeld(_finalization);

        for (int i = Math.Max(0, _views.Count - _options.RepeatedViews); i < _views.Count; i++)
        {
            ViewState state = _views.GetValueAtIndex(i);
            if (state.View <= _finalized.View)
            {
                continue;
            }

            BroadcastIfHeld(state.Notarization);
            BroadcastIfHeld(state.Nullification);
            if (state is { Built: not null, Notarization: null, OwnNullify: false } && state.View == _view)
            {
                BroadcastIfHeld(state.Proposal);
            }
            else
            {
                BroadcastIfHeld(state.Votes.Find(VoteKind.Notarize, self));
            }

            BroadcastIfHeld(state.Votes.Find(VoteKind.Nullify, self));
            BroadcastIfHeld(state.Votes.Find(VoteKind.Finalize, self));
        }
    }

    private void BroadcastIfHeld(ConsensusMessage? message)
    {
        if (message is not null)
        {
            _effects.Add(new Effect.Broadcast(message));
        }
    }

    /// <summary>
    /// Rule 11: D, grown by the factor for each view beyond the last finalized one. The view after it and the one after that are the
    /// normal pipeline (a block's finalize votes travel while its child is voted on), so growth begins at the third.
    /// </summary>
    private int Delay()
    {
        ulong beyond = _view.Value - Math.Min(_view.Value, _finalized.View.Value);
        long delay = _options.NetworkDelay;
        for (ulong i = 2; i < beyond && delay < _options.MaximumNetworkDelay; i++)
        {
            delay = delay * _options.GrowthPercent / 100;
            if (_options.GrowthPercent <= 100)
            {
                break;
            }
        }

        return (int)Math.Min(delay, Math.Max(_options.NetworkDelay, _options.MaximumNetworkDelay));
    }

    /// <summary>
    /// Rule 1: the leader's last turn was nullified and it has not voted since (n - 1 views, in which an honest member votes in each), or it has not
    /// voted in <see cref="SimplexOptions.SkipViews"/> views; while a quorum did. So a member that is gone costs one timeout, and one that was merely late
    /// for a few fast views keeps its turn.
    /// </summary>
    private bool IsSilent(NodeIndex leader)
    {
        ulong turn = (ulong)_committee.Count;
        bool lostTurn = _view.Value > turn && State(new View(_view.Value - turn)) is { Nullification: not null };
        return HasNotVoted(leader, (ulong)_options.SkipViews) || (lostTurn && HasNotVoted(leader, turn - 1));
    }

    /// <summary>Whether a member has not voted in the last views, while a quorum has.</summary>
    private bool HasNotVoted(NodeIndex member, ulong views)
    {
        if (_view.Value <= views)
        {
            return false;
        }

        ulong since = _view.Value - views;
        if (_lastActive[member.Value] >= since)
        {
            return false;
        }

        int active = 0;
        foreach (ulong last in _lastActive)
        {
            active += last >= since ? 1 : 0;
        }

        return active >= _committee.Quorum;
    }

    private void SetTimer(TimerKind kind, int milliseconds)
    {
        switch (kind)
        {
            case TimerKind.Leader:
                _leaderTimerArmed = true;
                break;
            case TimerKind.Advance:
                _advanceTimerArmed = true;
                break;
            case TimerKind.Retry:
                break;
            default:
                throw Invariant.Fail($"timer kind {kind}");
        }

        _effects.Add(new Effect.SetTimer(kind, _view, milliseconds));
    }

    private void CancelViewTimers()
    {
        if (_leaderTimerArmed)
        {
            _leaderTimerArmed = false;
            _effects.Add(new Effect.CancelTimer(TimerKind.Leader));
        }

        if (_advanceTimerArmed)
        {
            _advanceTimerArmed = false;
            _effects.Add(new Effect.CancelTimer(TimerKind.Advance));
        }
    }
}
