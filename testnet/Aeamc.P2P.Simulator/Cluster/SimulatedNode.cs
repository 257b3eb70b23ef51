using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// An honest host around the core: the same turn as the daemon's (step, guard and log, one sync, then send), a content store with fetching,
/// and a ledger. Adversaries derive from it and change what they do with effects and with what they send.
/// </summary>
public class SimulatedNode : IEndpoint
{
    protected const byte MessageCode = 0;
    protected const byte FetchCode = 1;
    protected const byte ContentCode = 2;
    private const long FetchRetry = 40_000;

    private readonly Queue<Input> _inbox = new();
    private readonly List<Effect> _turn = [];
    private readonly long[] _timers = new long[4];
    private readonly SortedDictionary<Hash256, Action> _fetches = [];
    private readonly int _timerPermille;
    private SimplexCore? _core;
    private VoteGuard? _guard;
    private BlockRef? _committing;
    private Effect.BuildProposal? _waitingToBuild;
    private bool _turnPending;
    private bool _work;
    private long _life;
    private long _timerIds;
    private readonly Queue<(int From, Envelope Envelope)> _unverified = new();
    private bool _verifying;

    public SimulatedNode(Simulation simulation, NodeIndex index, int endpoint)
    {
        Simulation = simulation;
        Index = index;
        Endpoint = endpoint;
        Disk = new SimulatedDisk(simulation.Genesis);
        Chance = simulation.Chance.Fork();
        _timerPermille = 1000 + Chance.Below((2 * simulation.Options.ClockDriftPermille) + 1) - simulation.Options.ClockDriftPermille;
    }

    /// <summary>Its place in the committee.</summary>
    public NodeIndex Index { get; }

    /// <summary>Its number on the network: the same as its place, except for the second of two twins.</summary>
    public int Endpoint { get; }

    public SimulatedDisk Disk { get; }

    public virtual bool IsHonest => true;

    /// <summary>Null while crashed.</summary>
    public SimplexCore? Core => _core;

    /// <summary>Set to crash in the next turn that writes, and how long to stay down, in microseconds.</summary>
    public (CrashPoint Where, long Length)? CrashAtWrite { get; set; }

    /// <summary>How far its wall clock is off, in microseconds.</summary>
    public long ClockOffset { get; set; }

    protected Simulation Simulation { get; }

    protected SplitMix Chance { get; }

    /// <summary>Starts, or starts again from the disk.</summary>
    public void Start()
    {
        _life++;
        RecoveredState recovered = Recover();
        _guard = new VoteGuard(recovered);
        _core = new SimplexCore(Simulation.Options.Core, Simulation.Committee, Simulation.Leaders, Index, recovered);
        _work = Simulation.Options.Load == Load.Busy;
        Post(new Input.WorkWaiting(_work));
        Post(new Input.Start());
    }

    /// <summary>Loses memory and what was not synced.</summary>
    public void Crash()
    {
        Simulation.Trace.Add(ulong.MaxValue - (ulong)Endpoint);
        _core = null;
        _guard = null;
        _committing = null;
        _waitingToBuild = null;
        _turnPending = false;
        CrashAtWrite = null;
        _inbox.Clear();
        Array.Clear(_timers);
        _fetches.Clear();
        _unverified.Clear();
        _verifying = false;
        _life++;
        Disk.Crash(Chance, Simulation.Options.DiskFault);
    }

    /// <summary>Entries have come or gone.</summary>
    public void SetWork(bool any)
    {
        if (_core is null || _work == any)
        {
            return;
        }

        _work = any;
        Post(new Input.WorkWaiting(any));
        if (any && _waitingToBuild is { } build)
        {
            _waitingToBuild = null;
            Build(build);
        }
    }

    public virtual void Receive(int from, Envelope envelope)
    {
        Simulation.Network.OnDelivered(from, Endpoint, envelope);
        if (_core is null || envelope.Bytes.Length == 0)
        {
            return;
        }

        bool first = envelope.FirstTo(Endpoint);
        if (envelope.Bytes[0] == MessageCode)
        {
            ConsensusMessage? message = Read(envelope);
            bool wanted = message is not null && _core.IsWanted(message);
            Simulation.Network.Traffic.OnReceived(envelope, !first || (!wanted && message is Certificate));
            if (wanted)
            {
                Verify(from, envelope);
            }

            return;
        }

        Simulation.Network.Traffic.OnReceived(envelope, false);
        ReadOnlySpan<byte> body = envelope.Bytes.AsSpan(1);
        switch (envelope.Bytes[0])
        {
            case FetchCode:
                if (body.Length == Hash256.Size && Disk.Contents.TryGetValue(new Hash256(body), out byte[]? content))
                {
                    Answer(from, content);
                }

                break;
            case ContentCode:
                if (SimulatedBlock.TryDecode(body, out BlockRef block))
                {
                    Disk.Contents[block.Hash] = body.ToArray();
                    if (_fetches.Remove(block.Hash, out Action? then))
                    {
                        then();
                    }
                }

                break;
            default:
                Simulation.Refused++;
                break;
        }
    }

    /// <summary>Where memory comes from at a start.</summary>
    protected virtual RecoveredState Recover() => Disk.Recover(Simulation.Epoch);

    /// <summary>A block's content to whoever asked for it.</summary>
    protected virtual void Answer(int to, byte[] content) =>
        Simulation.Network.Send(Endpoint, to, Simulation.Network.Envelope([ContentCode, .. content]));

    /// <summary>One message to one member.</summary>
    protected virtual void Send(NodeIndex to, ConsensusMessage message) => Transmit(to, Pack(message));

    /// <summary>One message to all others.</summary>
    protected virtual void Broadcast(ConsensusMessage message)
    {
        Envelope envelope = Pack(message);
        for (ushort to = 0; to < Simulation.Committee.Count; to++)
        {
            Transmit(new NodeIndex(to), envelope);
        }
    }

    protected Envelope Pack(ConsensusMessage message) => Simulation.Network.Envelope([MessageCode, .. ConsensusMessageCodec.Encode(message)]);

    /// <summary>To every node that goes by that member's key, except ourselves.</summary>
    protected virtual void Transmit(NodeIndex to, Envelope envelope)
    {
        if (to == Index)
        {
            return;
        }

        if (!(IsHonest ? envelope.IsSeenHonest : envelope.IsSeen))
        {
            envelope.IsSeen = true;
            envelope.IsSeenHonest |= IsHonest;
            Simulation.Checks.OnSent(this, Read(envelope));
        }

        foreach (int endpoint in Simulation.EndpointsOf(to))
        {
            Simulation.Network.Send(Endpoint, endpoint, envelope);
        }
    }

    protected virtual BlockFlaw NextFlaw() => BlockFlaw.None;

    /// <summary>Whether a block passes the check that <paramref name="against"/> fails.</summary>
    protected virtual bool Judge(BlockFlaw flaw, BlockFlaw against) => flaw != against;

    /// <summary>Signs without asking the guard: for adversaries, and for the host once it has asked.</summary>
    protected Vote Sign(Statement statement) => Simulation.Sign(Index, statement);

    /// <summary>A block with this node's clock and a salt.</summary>
    protected byte[] Content(in BlockRef parent, View view, BlockFlaw flaw, ulong salt)
    {
        long clock = Simulation.Clock.Now + ClockOffset;
        long after = Disk.Contents.TryGetValue(parent.Hash, out byte[]? below) ? SimulatedBlock.TimestampOf(below) + 1 : 0;
        return SimulatedBlock.Encode(parent, view, Index, flaw, Math.Max(clock, after), salt);
    }

    /// <summary>Pass three of a turn: everything that is seen outside.</summary>
    protected virtual void Execute(Effect effect)
    {
        switch (effect)
        {
            case Effect.SignVote sign:
                Vote vote = Sign(sign.Statement);
                Simulation.Checks.OnVote(this, vote);
                Invariant.Check(Simulation.Verifier.Verify(vote, out Verified<Vote>? own) == VerificationResult.Valid);
                Post(new Input.VoteReceived(own!));
                if (sign.Send)
                {
                    Broadcast(vote);
                }

                break;
            case Effect.Broadcast broadcast:
                Broadcast(broadcast.Message);
                break;
            case Effect.SendTo send:
                Invariant.Check(Simulation.Committee.TryIndexOf(send.Peer, out NodeIndex peer));
                Send(peer, send.Message);
                break;
            case Effect.SetTimer timer:
                SetTimer(timer);
                break;
            case Effect.CancelTimer cancel:
                _timers[(int)cancel.Kind] = 0;
                break;
            case Effect.BuildProposal build:
                BuildSoon(build);
                break;
            case Effect.EnteredView:
                _waitingToBuild = null;
                break;
            case Effect.VerifyProposal verify:
                Judge(verify);
                break;
            case Effect.Certify certify:
                BlockRef notarized = certify.Notarization.Block;
                WithContent(notarized.Hash, () => Later(Simulation.Options.Processing.Block, () => Post(new Input.CertifyDecided(
                    notarized.View, notarized.Hash, Judge(SimulatedBlock.FlawOf(Disk.Contents[notarized.Hash]), BlockFlaw.Uncertifiable)))));
                break;
            case Effect.Finalized finalized:
                _committing = finalized.Blocks[^1];
                Commit();
                break;
            case Effect.ReportNullified nullified:
                Simulation.OnNullified(this, nullified.Reason);
                break;
            case Effect.ReportEvidence evidence:
                Simulation.Checks.OnEvidence(evidence.Evidence);
                break;
            case Effect.Halt halt:
                Simulation.Checks.OnHalt(this, $"{halt.Reason}: {halt.Detail}");
                break;
            case Effect.Append or Effect.AbandonCertify:
                break;
            default:
                throw Invariant.Fail($"no host for {effect.GetType().Name}");
        }
    }

    /// <summary>Runs later in this life, not after a crash.</summary>
    protected void Later(long microseconds, Action action)
    {
        long life = _life;
        Simulation.Clock.After(microseconds, () =>
        {
            if (life == _life && _core is not null)
            {
                action();
            }
        });
    }

    private static ConsensusMessage? Read(Envelope envelope)
    {
        if (!envelope.IsRead)
        {
            envelope.IsRead = true;
            ReadOnlySpan<byte> bytes = envelope.Bytes;
            envelope.Message = bytes.Length > 0 && bytes[0] == MessageCode && ConsensusMessageCodec.TryDecode(bytes[1..], out ConsensusMessage? message) ? message : null;
        }

        return envelope.Message;
    }

    private void SetTimer(Effect.SetTimer timer)
    {
        long id = ++_timerIds;
        _timers[(int)timer.Kind] = id;
        Later((long)timer.Milliseconds * _timerPermille, () =>
        {
            if (_timers[(int)timer.Kind] == id)
            {
                Post(new Input.TimerFired(timer.Kind, timer.View));
            }
        });
    }

    private void BuildSoon(Effect.BuildProposal build)
    {
        if (_work)
        {
            Build(build);
            return;
        }

        _waitingToBuild = build;
        Later(Simulation.Options.Core.IdleInterval * 1000L, () =>
        {
            if (ReferenceEquals(_waitingToBuild, build))
            {
                _waitingToBuild = null;
                Build(build);
            }
        });
    }

    private void Judge(Effect.VerifyProposal verify)
    {
        byte[] content = verify.Proposal.Content.ToArray();
        BlockRef proposed = verify.Proposal.Block;
        Disk.Contents[proposed.Hash] = content;
        long timestamp = SimulatedBlock.TimestampOf(content);
        long clock = Simulation.Clock.Now + ClockOffset;
        bool timely = timestamp <= clock + (Simulation.Options.ClockTolerance * 1000L)
            && (!Disk.Contents.TryGetValue(proposed.ParentHash, out byte[]? below) || timestamp > SimulatedBlock.TimestampOf(below));
        bool valid = timely && Judge(SimulatedBlock.FlawOf(content), BlockFlaw.Invalid);
        Later(Simulation.Options.Processing.Block, () => Post(new Input.ProposalVerified(proposed.View, proposed.Hash, valid)));
        ConsumeWork();
    }

    private void Post(Input input)
    {
        _inbox.Enqueue(input);
        if (!_turnPending)
        {
            Turn();
        }
    }

    /// <summary>One turn: all inputs, the log, one sync; the rest when the sync is through.</summary>
    private void Turn()
    {
        _turnPending = true;
        _turn.Clear();
        while (_inbox.TryDequeue(out Input? input))
        {
            _turn.AddRange(_core!.Step(input));
        }

        if (_turn.Count == 0)
        {
            _turnPending = false;
            return;
        }

        int signatures = 0;
        bool writes = false;
        foreach (Effect effect in _turn)
        {
            switch (effect)
            {
                case Effect.Append append:
                    Disk.Append(append.Record);
                    writes = true;
                    Simulation.Checks.OnLogged(this, append.Record);
                    break;
                case Effect.SignVote sign:
                    signatures++;
                    writes |= Guard(sign.Statement);
                    break;
                case Effect.Finalized finalized:
                    _guard!.ObserveFinalization(finalized.Finalization.View);
                    break;
                default:
                    break;
            }
        }

        ProcessingModel processing = Simulation.Options.Processing;
        if (writes && CrashAtWrite is { } crash)
        {
            if (crash.Where == CrashPoint.BeforeSend)
            {
                Disk.Sync();
            }

            Simulation.CrashNow(this, crash.Length);
            return;
        }

        Later((writes ? processing.Sync : 0) + (signatures * processing.Sign), Finish);
    }

    private bool Guard(Statement statement)
    {
        VoteDecision decision = _guard!.Authorize(statement);
        if (decision == VoteDecision.Sign)
        {
            Disk.Append(new WalRecord.Voted(statement));
            Disk.Mark(_guard.Watermark);
            return true;
        }

        if (decision != VoteDecision.SignAgain)
        {
            Simulation.Checks.OnHalt(this, $"guard refused {statement}: {decision}");
        }

        return false;
    }

    private void Finish()
    {
        Disk.Sync();

        // Executing may only post inputs for a later turn, never step: the list stays as it is.
        foreach (Effect effect in _turn)
        {
            Execute(effect);
            if (_core is null)
            {
                return;
            }
        }

        Simulation.Checks.OnTurn(this);
        _turnPending = false;
        if (_inbox.Count > 0)
        {
            Turn();
        }
    }

    private void Verify(int from, Envelope envelope)
    {
        if (envelope.Message is CertificatesRequest request)
        {
            Post(new Input.CertificatesRequested(Simulation.Committee[Simulation.MemberAt(from)], request));
            return;
        }

        _unverified.Enqueue((from, envelope));
        if (!_verifying)
        {
            VerifyNext();
        }
    }

    /// <summary>One after another, as they came; what has become known meanwhile costs nothing.</summary>
    private void VerifyNext()
    {
        _verifying = false;
        while (_unverified.TryDequeue(out (int From, Envelope Envelope) next))
        {
            Envelope envelope = next.Envelope;
            if (envelope.Message is Vote vote && _core!.Knows(vote.Statement))
            {
                if (Simulation.MemberAt(next.From) == vote.Voter)
                {
                    Post(new Input.MemberHeard(vote.Voter, vote.Statement.View));
                }
            }
            else if (_core!.IsWanted(envelope.Message!))
            {
                int cost = envelope.Signatures * Simulation.Options.Processing.Verify;
                if (cost > 0)
                {
                    _verifying = true;
                    Later(cost, () =>
                    {
                        PostVerified(envelope);
                        if (_core is not null)
                        {
                            VerifyNext();
                        }
                    });
                    return;
                }

                PostVerified(envelope);
            }

            if (_core is null)
            {
                return;
            }
        }
    }

    private void PostVerified(Envelope envelope)
    {
        if (!envelope.IsVerified)
        {
            envelope.IsVerified = true;
            envelope.Input = Simulation.Verify(envelope.Message!);
        }

        if (envelope.Input is { } input)
        {
            Post(input);
        }
        else
        {
            Simulation.Refused++;
        }
    }

    private void Build(Effect.BuildProposal build)
    {
        byte[] content = Content(build.Parent, build.View, NextFlaw(), Chance.Next());
        Later(Simulation.Options.Processing.Block, () =>
        {
            Invariant.Check(SimulatedBlock.TryDecode(content, out BlockRef block));
            Disk.Contents[block.Hash] = content;
            Simulation.OnProposed(block);
            Post(new Input.ProposalBuilt(block, content));
            ConsumeWork();
        });
    }

    /// <summary>A proposal carries what waited.</summary>
    private void ConsumeWork()
    {
        if (Simulation.Options.Load == Load.Mixed)
        {
            SetWork(false);
        }
    }

    /// <summary>Commits from the ledger's tip to the finalized block, fetching what is missing, newest first.</summary>
    private void Commit()
    {
        if (_committing is not { } target)
        {
            return;
        }

        var path = new List<BlockRef>();
        Hash256 next = target.Hash;
        while (next != Disk.Tip.Hash)
        {
            if (!Disk.Contents.TryGetValue(next, out byte[]? content))
            {
                WithContent(next, Commit);
                return;
            }

            Invariant.Check(SimulatedBlock.TryDecode(content, out BlockRef block));
            if (block.Height <= Disk.Tip.Height)
            {
                if (!Disk.Ledger.Contains(target))
                {
                    Simulation.Checks.OnHalt(this, $"finalized {target} is not on {Disk.Tip}");
                }

                return;
            }

            path.Add(block);
            next = block.ParentHash;
        }

        path.Reverse();
        foreach (BlockRef block in path)
        {
            Disk.Ledger.Add(block);
            Simulation.OnCommit(this, block);
        }

        Disk.Prune();
    }

    private void WithContent(Hash256 hash, Action then)
    {
        if (Disk.Contents.ContainsKey(hash))
        {
            then();
            return;
        }

        if (_fetches.TryGetValue(hash, out Action? waiting))
        {
            _fetches[hash] = waiting + then;
            return;
        }

        _fetches[hash] = then;
        Fetch(hash);
    }

    private void Fetch(Hash256 hash)
    {
        if (!_fetches.ContainsKey(hash))
        {
            return;
        }

        Transmit(new NodeIndex((ushort)Chance.Below(Simulation.Committee.Count)), Simulation.Network.Envelope([FetchCode, .. hash.ToArray()]));
        Later(FetchRetry, () => Fetch(hash));
    }
}
