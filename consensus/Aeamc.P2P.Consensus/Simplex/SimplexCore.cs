using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>
/// Simplex consensus of one epoch as a pure state machine: the same inputs give the same effects, everywhere. No clock, no keys, no
/// I/O. Rules 1 to 14 are those of RULES.md beside this folder; each branch cites its own. Not safe for concurrent use: one loop owns it.
/// Parts: this file takes inputs and counts votes; <c>.Views</c> enters views and times them; <c>.Proposals</c> builds and judges
/// proposals; <c>.Certificates</c> draws the consequences of quorums; <c>.Evidence</c> holds signatures against each other;
/// <c>.Recovery</c> starts from a log.
/// </summary>
public sealed partial class SimplexCore
{
    private readonly SimplexOptions _options;
    private readonly Committee _committee;
    private readonly LeaderSchedule _leaders;
    private readonly NodeIndex? _self;
    private readonly Epoch _epoch;
    private readonly View _forgotten;
    private readonly List<Effect> _effects = [];
    private readonly SortedList<View, ViewState> _views = [];
    private readonly ulong[] _lastActive;
    private RecoveredState? _recovered;
    private BlockRef _finalized;
    private Certificate? _finalization;
    private View _view;
    private bool _halted;

    /// <param name="options">Timing and bounds.</param>
    /// <param name="committee">The epoch's voters.</param>
    /// <param name="leaders">Who leads which view.</param>
    /// <param name="self">This node's place; null for an observer, which follows and never votes.</param>
    /// <param name="recovered">Where to start from.</param>
    public SimplexCore(SimplexOptions options, Committee committee, LeaderSchedule leaders, NodeIndex? self, RecoveredState recovered)
    {
        _options = options;
        _committee = committee;
        _leaders = leaders;
        _self = self;
        _epoch = recovered.Epoch;
        _forgotten = recovered.Forgotten;
        _recovered = recovered;
        _finalized = recovered.Committed;
        _lastActive = new ulong[committee.Count];
    }

    /// <summary>The view this node is in; 0 before <see cref="Input.Start"/>.</summary>
    public View CurrentView => _view;

    /// <summary>The last finalized block.</summary>
    public BlockRef LastFinalized => _finalized;

    /// <summary>Its certificate; null while it is the genesis or a block the ledger had before the log begins.</summary>
    public Certificate? LastFinalization => _finalization;

    /// <summary>Views held in memory: bounded by the open ones plus <see cref="SimplexOptions.RetainedViews"/>.</summary>
    public int TrackedViews => _views.Count;

    /// <summary>Whether the core has stopped for good.</summary>
    public bool IsHalted => _halted;

    /// <summary>Takes one input and says what is to be done, in order. See <see cref="Effect"/> for the host's duties.</summary>
    public IReadOnlyList<Effect> Step(Input input)
    {
        if (_halted)
        {
            return [];
        }

        _effects.Clear();
        switch (input)
        {
            case Input.Start:
                OnStart();
                break;
            case Input.TimerFired fired:
                OnTimer(fired.Kind, fired.View);
                break;
            case Input.ProposalReceived received:
                OnProposal(received.Proposal.Message);
                break;
            case Input.VoteReceived received:
                OnVote(received.Vote.Message);
                break;
            case Input.MemberHeard heard:
                if (_committee.Contains(heard.Member) && heard.View <= _view.Next)
                {
                    NoteActive(heard.Member, heard.View);
                }

                break;
            case Input.CertificateReceived received:
                OnCertificate(received.Certificate.Message, Source.Received);
                break;
            case Input.ProposalBuilt built:
                OnBuilt(built.Block, built.Content);
                break;
            case Input.BuildFailed failed:
                OnBuildFailed(failed.View);
                break;
            case Input.ProposalVerified verified:
                OnVerified(verified.View, verified.Hash, verified.Valid);
                break;
            case Input.CertifyDecided decided:
                OnCertified(decided.View, decided.Hash, decided.Valid);
                break;
            case Input.WorkWaiting waiting:
                OnWork(waiting.Any);
                break;
            case Input.CertificatesRequested requested:
                OnRequest(requested.From, requested.Request);
                break;
            case Input.MembersConvicted convicted:
                OnConvicted(convicted.Members);
                break;
            default:
                throw Invariant.Fail($"no rule for {input.GetType().Name}");
        }

        return _effects.Count == 0 ? [] : _effects.ToArray();
    }

    /// <summary>
    /// Whether an unverified message could change anything here: asked before signatures are checked, so that repeats and messages out
    /// of bounds (rule 12) cost no verification. What contradicts a certificate held here is wanted above all, however old the view.
    /// </summary>
    public bool IsWanted(ConsensusMessage message)
    {
        if (_halted || message.Epoch != _epoch)
        {
            return false;
        }

        switch (message)
        {
            case Vote vote:
                return _committee.Contains(vote.Voter) && Admits(vote.Statement.View)
                    && State(vote.Statement.View)?.Votes.Find(vote.Statement.Kind, vote.Voter)?.Statement != vote.Statement;
            case Proposal proposal:
                return Admits(proposal.View) && State(proposal.View)?.Proposal?.Block != proposal.Block;
            case Certificate certificate:
                return Contradicts(certificate) || (certificate.View > _finalized.View && State(certificate.View)?.CertificateOf(certificate.Kind) is null);
            default:
                return true;
        }
    }

    /// <summary>Whether the certificate of exactly this statement is held, so that one more vote for it adds nothing.</summary>
    public bool Knows(in Statement statement) => State(statement.View)?.CertificateOf(statement.Kind)?.Statement == statement;

    private void OnVote(Vote vote)
    {
        View view = vote.Statement.View;
        if (!Admits(view))
        {
            return;
        }

        NoteActive(vote.Voter, view);
        ViewState state = Ensure(view);
        bool own = vote.Voter == _self;
        if (own && view > _finalized.View && view > _forgotten && !state.Remembers(vote.Statement))
        {
            // "Crash safety": our key signed what we do not remember.
            Halt(HaltReason.UnknownOwnVote, vote.Statement.ToString(), vote.Statement);
            return;
        }

        bool added = state.Votes.TryAdd(vote, out Vote? conflict);
        if (conflict is not null)
        {
            OnConflict(state, conflict, vote);
        }

        HoldAgainstCertificates(state, vote);
        if (!added || view <= _finalized.View)
        {
            return;
        }

        if (own && vote.Statement.Kind == VoteKind.Notarize)
        {
            SendOwnProposal(state, vote);
        }

        if (vote.Statement.Kind == VoteKind.Nullify && view == _view && vote.Voter == _leaders.LeaderOf(view))
        {
            // Rule 7: the leader has given its view up.
            Nullify(NullifyReason.LeaderNullified);
        }

        // Rules 5, 8 and 9: a quorum for one statement is its certificate; finalize votes count while later views run.
        if (state.CertificateOf(vote.Statement.Kind) is null && state.Votes.Count(vote.Statement) >= _committee.Quorum)
        {
            OnCertificate(state.Votes.Assemble(vote.Statement), Source.Assembled);
        }

        if (view == _view.Next && !own && state.Votes.Voters > _committee.MaximumFaulty)
        {
            AskWhatEndedThisView(vote.Voter);
        }
    }

    private void OnRequest(NodeId from, CertificatesRequest request)
    {
        if (request.From > request.To || request.To.Value - request.From.Value >= CertificatesRequest.MaximumViews)
        {
            return;
        }

        if (request.From <= _finalized.View && _finalization is not null)
        {
            // Below our floor the certificates may be gone; the finalization replaces them all.
            _effects.Add(new Effect.SendTo(from, _finalization));
        }

        // What lies below the finalization sent is settled by it.
        View first = _finalization is not null && request.From <= _finalized.View ? _finalized.View.Next : request.From;
        for (ulong left = request.To < first ? 0 : request.To.Value - first.Value + 1; left > 0; left--)
        {
            var view = new View(request.To.Value - left + 1);
            if (State(view) is { } state)
            {
                SendIfHeld(from, state.Notarization);
                SendIfHeld(from, state.Nullification);
            }
        }
    }

    private void SendIfHeld(NodeId peer, Certificate? certificate)
    {
        if (certificate is not null)
        {
            _effects.Add(new Effect.SendTo(peer, certificate));
        }
    }

    /// <summary>Rule 12: votes up to the next view, and not of views whose state is gone or was never made and lies far behind.</summary>
    private bool Admits(View view)
    {
        if (view == View.Zero || view.Value > _view.Value + 1)
        {
            return false;
        }

        ulong retained = (ulong)_options.RetainedViews;
        return view.Value + retained >= _view.Value || (view > _finalized.View && _views.ContainsKey(view));
    }

    private ViewState? State(View view) => _views.TryGetValue(view, out ViewState? state) ? state : null;

    private ViewState Ensure(View view)
    {
        if (!_views.TryGetValue(view, out ViewState? state))
        {
            state = new ViewState(view, _committee);
            _views.Add(view, state);
        }

        return state;
    }

    private void NoteActive(NodeIndex member, View view) =>
        _lastActive[member.Value] = Math.Max(_lastActive[member.Value], view.Value);

    /// <summary>Asks for a signature unless this node does not vote: an observer, or quiet after a restore ("Crash safety").</summary>
    private void Sign(in Statement statement, bool send)
    {
        if (CanVote(statement.View))
        {
            _effects.Add(new Effect.SignVote(statement, send));
        }
    }

    private bool CanVote(View view) => _self is not null && view > _forgotten && (_forgotten == View.Zero || _finalized.View > _forgotten);

    private void Halt(HaltReason reason, string detail, Statement? unknown = null)
    {
        _halted = true;
        _effects.Add(new Effect.Halt(reason, detail, unknown));
    }
}
