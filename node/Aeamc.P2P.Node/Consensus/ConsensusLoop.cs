using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>
/// The only caller of <c>SimplexCore.Step</c>. One turn: drain the inputs, step, buffer the log records of all effects, sync this node's votes, and at the same time what it votes for, then send;
/// the log is synced behind, once a finalization. Nothing that this node signs leaves before vote and block are on the disk.
/// </summary>
public sealed class ConsensusLoop : IDisposable
{
    private const int InputsPerTurn = 256;

    private readonly SimplexCore _core;
    private readonly VoteGuard _guard;
    private readonly MessageVerifier _verifier;
    private readonly Ed25519PrivateKey _key;
    private readonly NodeIndex _self;
    private readonly ConsensusJournal _journal;
    private readonly IConsensusTransport _transport;
    private readonly IConsensusApplication _application;
    private readonly ConsensusObserver _observer;
    private readonly ViewJournal _views;
    private readonly TimerSet _timers;
    private readonly Action<Exception> _onFault;
    private readonly Epoch _epoch;
    private readonly Func<View> _durableView;
    private readonly Thread _thread;
    private readonly SideThread _side = new("contents");
    private readonly List<Input> _own = [];

    public ConsensusLoop(
        SimplexCore core,
        VoteGuard guard,
        MessageVerifier verifier,
        Ed25519PrivateKey key,
        NodeIndex self,
        ConsensusJournal journal,
        InputQueue inputs,
        IConsensusTransport transport,
        IConsensusApplication application,
        ConsensusObserver observer,
        ViewJournal views,
        TimeProvider time,
        Func<View> durableView,
        Action<Exception> onFault)
    {
        _core = core;
        _guard = guard;
        _verifier = verifier;
        _key = key;
        _self = self;
        _journal = journal;
        Inputs = inputs;
        _transport = transport;
        _application = application;
        _observer = observer;
        _views = views;
        _timers = new TimerSet(time);
        _onFault = onFault;
        _epoch = verifier.Domain.Epoch;
        _durableView = durableView;
        _thread = new Thread(Run) { IsBackground = true, Name = "consensus" };
    }

    /// <summary>The mailbox.</summary>
    public InputQueue Inputs { get; }

    /// <summary>Starts the thread; the first input is <see cref="Input.Start"/>.</summary>
    public void Start() => _thread.Start();

    /// <summary>Ends the current turn and stops.</summary>
    public void Dispose()
    {
        Inputs.Close();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _side.Dispose();
    }

    private void Run()
    {
        try
        {
            var inputs = new List<Input> { new Input.Start() };
            var effects = new List<Effect>();
            bool open = true;
            while (open)
            {
                foreach (Input input in inputs)
                {
                    effects.AddRange(_core.Step(input));
                }

                Execute(effects);
                inputs.Clear();
                effects.Clear();
                inputs.AddRange(_own);
                TimeSpan wait = _own.Count > 0 ? TimeSpan.Zero : _timers.UntilNext();
                _own.Clear();
                open = Inputs.Drain(inputs, InputsPerTurn, wait);
                _timers.Collect(inputs);
            }

            _journal.SyncLog();
        }
        catch (Exception fault)
        {
            // Whatever broke, a node that no longer knows its own state must not go on voting.
            _onFault(fault);
        }
    }

    private void Execute(List<Effect> effects)
    {
        bool votes = false;
        bool votesForBlocks = false;
        bool finalizes = false;
        foreach (Effect effect in effects)
        {
            Record(effect);
            votes |= effect is Effect.SignVote;
            votesForBlocks |= effect is Effect.SignVote { Statement.Kind: not VoteKind.Nullify };
            finalizes |= effect is Effect.Finalized;
        }

        if (votesForBlocks && _application.HasUnsyncedContents)
        {
            _side.RunBeside(_application.SyncContents, () => _journal.SyncVotes(_guard.Watermark));
        }
        else if (votes)
        {
            _journal.SyncVotes(_guard.Watermark);
        }

        _observer.IsQuiet = _guard.IsQuiet;
        foreach (Effect effect in effects)
        {
            Perform(effect);
        }

        // Behind the sends, where nobody waits for it. Certificates lost in a crash come again from the members who signed them.
        if (finalizes || _journal.IsLong)
        {
            _journal.SyncLog();
        }

        _journal.Prune(_epoch, _durableView());
    }

    /// <summary>Pass 1: what must be on disk before anything leaves.</summary>
    private void Record(Effect effect)
    {
        switch (effect)
        {
            case Effect.Append append:
                _journal.Append(append.Record);
                if (append.Record is WalRecord.Accepted { Certificate: { Kind: VoteKind.Nullify } nullification })
                {
                    _views.Nullified(nullification);
                }

                break;
            case Effect.SignVote sign:
                VoteDecision decision = _guard.Authorize(sign.Statement);
                if (decision is not (VoteDecision.Sign or VoteDecision.SignAgain))
                {
                    throw Invariant.Fail($"the vote guard refused {sign.Statement}: {decision}");
                }

                if (decision == VoteDecision.Sign)
                {
                    _journal.Append(new WalRecord.Voted(sign.Statement));
                }

                break;
            case Effect.Finalized finalized:
                _guard.ObserveFinalization(finalized.Finalization.View);
                break;
        }
    }

    /// <summary>Pass 3: everything else, in order.</summary>
    private void Perform(Effect effect)
    {
        switch (effect)
        {
            case Effect.Append:
                break;
            case Effect.SignVote sign:
                SignAndSend(sign);
                break;
            case Effect.Broadcast broadcast:
                _observer.Sent(broadcast.Message);
                _transport.Broadcast(broadcast.Message);
                break;
            case Effect.SendTo send:
                _transport.SendTo(send.Peer, send.Message);
                break;
            case Effect.SetTimer timer:
                _timers.Set(timer.Kind, timer.View, timer.Milliseconds);
                break;
            case Effect.CancelTimer timer:
                _timers.Cancel(timer.Kind);
                break;
            case Effect.BuildProposal build:
                _application.BuildProposal(build.View, build.Parent);
                break;
            case Effect.VerifyProposal verify:
                _application.VerifyProposal(verify.Proposal, verify.Parent);
                break;
            case Effect.Certify certify:
                _observer.Certified(certify.Notarization);
                _application.Certify(certify.Notarization);
                break;
            case Effect.AbandonCertify abandon:
                _application.AbandonCertify(abandon.Through);
                break;
            case Effect.Finalized finalized:
                _observer.Finalized(finalized.Finalization);
                _application.Finalized(finalized.Finalization, finalized.Blocks);
                break;
            case Effect.ReportEvidence report:
                _application.ReportEvidence(report.Evidence);
                break;
            case Effect.ReportNullified nullified:
                _observer.Nullified(nullified.View, nullified.Reason);
                _views.Nullifies(nullified.View, nullified.Reason);
                break;
            case Effect.EnteredView entered:
                _observer.EnteredView(entered.View);
                _application.EnteredView(entered.View, entered.Leader);
                break;
            case Effect.Halt { Unknown: { } unknown }:
                _journal.RaiseWatermark(unknown);
                throw new UnknownOwnVoteException(unknown);
            case Effect.Halt halt:
                throw new InvariantException($"Consensus stopped to stay safe ({halt.Reason}): {halt.Detail}");
            default:
                throw Invariant.Fail($"unknown effect {effect.GetType().Name}");
        }
    }

    private void SignAndSend(Effect.SignVote sign)
    {
        Span<byte> message = stackalloc byte[SigningDomain.MaximumMessageSize];
        Span<byte> signature = stackalloc byte[VoteSignature.Size];
        int length = _verifier.Domain.WriteMessage(sign.Statement, message);
        _key.Sign(message[..length], signature);
        var vote = new Vote(sign.Statement, _self, new VoteSignature(signature));
        _own.Add(new Input.VoteReceived(_verifier.Own(vote, _key.PublicKey)));
        if (sign.Send)
        {
            _transport.Broadcast(vote);
            CrashPoint.Reach(CrashPoint.VoteSent);
        }
    }
}
