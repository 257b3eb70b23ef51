using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// An honest host around the core: the same turn as the daemon's (step, guard and log, one sync, then send), a content store with fetching,
/// and a ledger. Adversaries derive from it and change what they do with effects.
/// </summary>
public class SimulatedNode
{
    private const int MessageCode = 0;
    private const int FetchCode = 1;
    private const int ContentCode = 2;
    private const long Processing = 300;
    private const long FetchRetry = 40_000;

    private readonly Queue<Input> _inbox = new();
    private readonly List<Effect> _turn = [];
    private readonly Dictionary<TimerKind, long> _timers = [];
    private readonly SortedDictionary<Hash256, Action> _fetches = [];
    private SimplexCore? _core;
    private VoteGuard? _guard;
    private BlockRef? _committing;
    private Effect.BuildProposal? _waitingToBuild;
    private bool _turnPending;
    private bool _work;
    private long _life;
    private long _timerIds;

    public SimulatedNode(Simulation simulation, NodeIndex index)
    {
        Simulation = simulation;
        Index = index;
        Disk = new SimulatedDisk(simulation.Genesis);
        Chance = simulation.Chance.Fork();
    }

    public NodeIndex Index { get; }

    public SimulatedDisk Disk { get; }

    public virtual bool IsHonest => true;

    /// <summary>Null while crashed.</summary>
    public SimplexCore? Core => _core;

    /// <summary>Set to crash at the next write: before the sync (false) or between sync and sending (true).</summary>
    public bool? CrashAtWrite { get; set; }

    protected Simulation Simulation { get; }

    protected SplitMix Chance { get; }

    /// <summary>Starts, or starts again from the disk.</summary>
    public void Start()
    {
        _life++;
        RecoveredState recovered = Disk.Recover(Simulation.Epoch);
        _guard = new VoteGuard(recovered);
        _core = new SimplexCore(Simulation.Options.Core, Simulation.Committee, Simulation.Leaders, Index, recovered);
        _work = Simulation.Options.Load == Load.Busy;
        Post(new Input.WorkWaiting(_work));
        Post(new Input.Start());
    }

    /// <summary>Loses memory and what was not synced.</summary>
    public void Crash()
    {
        Simulation.Trace.Add(-1 - Index.Value);
        _core = null;
        _guard = null;
        _committing = null;
        _waitingToBuild = null;
        _turnPending = false;
        CrashAtWrite = null;
        _inbox.Clear();
        _timers.Clear();
        _fetches.Clear();
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

    public virtual void Receive(NodeIndex from, byte[] bytes)
    {
        if (_core is null || bytes.Length == 0)
        {
            return;
        }

        ReadOnlySpan<byte> body = bytes.AsSpan(1);
        switch (bytes[0])
        {
            case MessageCode:
                if (ConsensusMessageCodec.TryDecode(body, out ConsensusMessage? message) && _core.IsWanted(message))
                {
                    Verify(from, message);
                }

                break;
            case FetchCode:
                if (Disk.Contents.TryGetValue(new Hash256(body), out byte[]? content))
                {
                    Simulation.Network.Send(Index, from, [ContentCode, .. content]);
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
                throw Invariant.Fail($"simulated message {bytes[0]}");
        }
    }

    protected void Send(NodeIndex to, ConsensusMessage message) =>
        Simulation.Network.Send(Index, to, [MessageCode, .. ConsensusMessageCodec.Encode(message)]);

    protected virtual BlockFlaw NextFlaw() => BlockFlaw.None;

    /// <summary>Whether a block passes the check that <paramref name="against"/> fails.</summary>
    protected virtual bool Judge(BlockFlaw flaw, BlockFlaw against) => flaw != against;

    /// <summary>Pass three of a turn: everything that is seen outside.</summary>
    protected virtual void Execute(Effect effect)
    {
        switch (effect)
        {
            case Effect.SignVote sign:
                Vote vote = Simulation.Sign(Index, sign.Statement);
                if (IsHonest)
                {
                    Simulation.Checks.OnHonestVote(Index, vote);
                }

                Verify(Index, vote);
                if (sign.Send)
                {
                    Simulation.Network.Broadcast(Index, [MessageCode, .. ConsensusMessageCodec.Encode(vote)]);
                }

                break;
            case Effect.Broadcast broadcast:
                Simulation.Network.Broadcast(Index, [MessageCode, .. ConsensusMessageCodec.Encode(broadcast.Message)]);
                break;
            case Effect.SendTo send:
                Invariant.Check(Simulation.Committee.TryIndexOf(send.Peer, out NodeIndex peer));
                Send(peer, send.Message);
                break;
            case Effect.SetTimer timer:
                long id = ++_timerIds;
                _timers[timer.Kind] = id;
                Later(timer.Milliseconds * 1000L, () =>
                {
                    if (_timers.GetValueOrDefault(timer.Kind) == id)
                    {
                        Post(new Input.TimerFired(timer.Kind, timer.View));
                    }
                });
                break;
            case Effect.CancelTimer cancel:
                _timers.Remove(cancel.Kind);
                break;
            case Effect.BuildProposal build:
                if (_work)
                {
                    Build(build);
                }
                else
                {
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

                break;
            case Effect.EnteredView:
                _waitingToBuild = null;
                break;
            case Effect.VerifyProposal verify:
                byte[] content = verify.Proposal.Content.ToArray();
                BlockRef proposed = verify.Proposal.Block;
                Disk.Contents[proposed.Hash] = content;
                bool valid = Judge(SimulatedBlock.FlawOf(content), BlockFlaw.Invalid);
                Later(Processing, () => Post(new Input.ProposalVerified(proposed.View, proposed.Hash, valid)));
                ConsumeWork();
                break;
            case Effect.Certify certify:
                BlockRef notarized = certify.Notarization.Block;
                WithContent(notarized.Hash, () => Later(Processing, () => Post(new Input.CertifyDecided(
                    notarized.View, notarized.Hash, Judge(SimulatedBlock.FlawOf(Disk.Contents[notarized.Hash]), BlockFlaw.Uncertifiable)))));
                break;
            case Effect.Finalized finalized:
                _committing = finalized.Blocks[^1];
                Commit();
                break;
            case Effect.ReportNullified:
                Simulation.Nullified++;
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

    private void Post(Input input)
    {
        _inbox.Enqueue(input);
        if (!_turnPending)
        {
            _turnPending = true;
            Later(0, Turn);
        }
    }

    private void Turn()
    {
        _turnPending = false;
        _turn.Clear();
        while (_inbox.TryDequeue(out Input? input))
        {
            _turn.AddRange(_core!.Step(input));
        }

        foreach (Effect effect in _turn)
        {
            switch (effect)
            {
                case Effect.Append append:
                    Disk.Append(append.Record);
                    break;
                case Effect.SignVote sign:
                    VoteDecision decision = _guard!.Authorize(sign.Statement);
                    if (decision == VoteDecision.Sign)
                    {
                        Disk.Append(new WalRecord.Voted(sign.Statement));
                        Disk.Mark(_guard.Watermark);
                    }
                    else if (decision != VoteDecision.SignAgain)
                    {
                        Simulation.Checks.OnHalt(this, $"guard refused {sign.Statement}: {decision}");
                    }

                    break;
                case Effect.Finalized finalized:
                    _guard!.ObserveFinalization(finalized.Finalization.View);
                    break;
                default:
                    break;
            }
        }

        if (_turn.Count > 0 && CrashAtWrite == false)
        {
            Simulation.CrashNow(this);
            return;
        }

        Disk.Sync();
        if (_turn.Count > 0 && CrashAtWrite == true)
        {
            Simulation.CrashNow(this);
            return;
        }

        // Executing may only post inputs for a later turn, never step: the list stays as it is.
        foreach (Effect effect in _turn)
        {
            Execute(effect);
        }

        Simulation.Checks.OnTurn(this);
    }

    private void Verify(NodeIndex from, ConsensusMessage message)
    {
        MessageVerifier verifier = Simulation.Verifier;
        switch (message)
        {
            case Vote vote when verifier.Verify(vote, out Verified<Vote>? verified) == VerificationResult.Valid:
                Post(new Input.VoteReceived(verified!));
                break;
            case Proposal proposal when verifier.Verify(proposal, out Verified<Proposal>? verified) == VerificationResult.Valid:
                Post(new Input.ProposalReceived(verified!));
                break;
            case Certificate certificate when verifier.Verify(certificate, out Verified<Certificate>? verified) == VerificationResult.Valid:
                Post(new Input.CertificateReceived(verified!));
                break;
            case CertificatesRequest request:
                Post(new Input.CertificatesRequested(Simulation.Committee[from], request));
                break;
            default:
                Simulation.Refused++;
                break;
        }
    }

    private void Build(Effect.BuildProposal build)
    {
        byte[] content = SimulatedBlock.Encode(build.Parent, build.View, Index, NextFlaw(), Chance.Next());
        Later(Processing, () =>
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

        Simulation.Network.Send(Index, new NodeIndex((ushort)Chance.Below(Simulation.Committee.Count)), [FetchCode, .. hash.ToArray()]);
        Later(FetchRetry, () => Fetch(hash));
    }

    /// <summary>Runs later in this life, not after a crash.</summary>
    private void Later(long microseconds, Action action)
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
}
