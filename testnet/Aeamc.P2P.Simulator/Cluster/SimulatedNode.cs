using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Faults;
using Aeamc.P2P.Simulator.Sync;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// An honest host around the core. Adversaries derive from it and change what they do with effects and with what they send. Parts: this file starts, dies, receives and
/// answers; <c>.Sending</c> sends; <c>.Requests</c> asks; <c>.Turns</c> runs the core; <c>.Effects</c> does what it wants; <c>.Verification</c> reads messages; <c>.Chain</c> and <c>.Commits</c> are about blocks.
/// </summary>
public partial class SimulatedNode : IEndpoint
{
    /// <summary>First byte of what a node sends: a consensus message, a question for a blob, a block's content, a batch, a question and an answer of <see cref="RequestKind"/>, a signed checkpoint.</summary>
    protected const byte MessageCode = 0;
    protected const byte FetchCode = 1;
    protected const byte ContentCode = 2;
    internal const byte BatchCode = 3;
    protected const byte RequestCode = 4;
    protected const byte ReplyCode = 5;
    internal const byte CheckpointCode = 6;

    private readonly Queue<Input> _inbox = new();
    private readonly List<Effect> _turn = [];
    private readonly long[] _timers = new long[4];
    private readonly int _timerPermille;
    private readonly long _skew;
    private SimplexCore? _core;
    private VoteGuard? _guard;
    private bool _turnPending;
    private long _life;
    private long _timerIds;
    private readonly Queue<Unverified> _unverified = new();
    private bool _verifying;
    private HeardVotes _heard;
    private SnapshotJoin? _join;

    public SimulatedNode(Simulation simulation, NodeIndex index, int endpoint)
    {
        Simulation = simulation;
        Index = index;
        Endpoint = endpoint;
        Disk = new SimulatedDisk(simulation.Genesis, simulation.Options);
        Chance = simulation.Chance.Fork();
        _timerPermille = 1000 + Chance.Below((2 * simulation.Options.ClockDriftPermille) + 1) - simulation.Options.ClockDriftPermille;
        _skew = simulation.Options.ClockSkew == 0 ? 0 : 1000L * (Chance.Below((2 * simulation.Options.ClockSkew) + 1) - simulation.Options.ClockSkew);
        _heard = new HeardVotes(simulation.Committee.Count);
        Blocks = simulation.CreateBlocks(this);
    }

    /// <summary>Its place in the committee.</summary>
    public NodeIndex Index { get; }

    /// <summary>Its number on the network: the same as its place, except for the second of two twins.</summary>
    public int Endpoint { get; }

    public SimulatedDisk Disk { get; }

    /// <summary>What its blocks are made of.</summary>
    public NodeBlocks Blocks { get; }

    public virtual bool IsHonest => true;

    /// <summary>Takes any block for a good one.</summary>
    public virtual bool IsLax => false;

    /// <summary>Whether its ledger is wrong on purpose, which the checkers must notice.</summary>
    public bool HasBrokenLedger => Simulation.Options.BrokenLedger == Endpoint;

    /// <summary>Null while it is down, and while it gets a snapshot.</summary>
    public SimplexCore? Core => _core;

    /// <summary>Whether it runs.</summary>
    public bool IsUp => _core is not null || _join is not null;

    /// <summary>Set to crash in the next turn that writes, and how long to stay down, in microseconds.</summary>
    public (CrashPoint Where, long Length)? CrashAtWrite { get; set; }

    /// <summary>How far its wall clock has jumped, in microseconds.</summary>
    public long ClockOffset { get; set; }

    /// <summary>Its wall clock, in microseconds of virtual time.</summary>
    public long WallClock => Simulation.Clock.Now + _skew + ClockOffset;

    /// <summary>The same as chain time.</summary>
    public Timestamp ChainTime => new((ulong)((long)LedgerNetwork.Start + (WallClock / 1000)));

    protected Simulation Simulation { get; }

    protected SplitMix Chance { get; }

    /// <summary>64 bits of this node's chance.</summary>
    public ulong Draw() => Chance.Next();

    /// <summary>Starts, or starts again from the disk; refuses, and says where, when the disk is damaged or full. With an empty store it may get a snapshot first.</summary>
    public void Start()
    {
        if (Disk.IsFull)
        {
            return;
        }

        if (Disk.Examine() is { } damage)
        {
            Simulation.OnDamage(this, damage);
            return;
        }

        _life++;
        if (Simulation.Ledger is { } network && Disk.BeginsWithSnapshot && Disk.IsEmpty)
        {
            _join = new SnapshotJoin(Simulation, network, this, Open);
            _join.Begin();
            return;
        }

        Open();
    }

    /// <summary>Goes on with what the disk has.</summary>
    private void Open()
    {
        _join = null;
        RecoveredState recovered = Recover();
        Disk.Restore(recovered);

        _heard = new HeardVotes(Simulation.Committee.Count);
        _guard = new VoteGuard(recovered);
        _core = new SimplexCore(Simulation.Options.Core, Simulation.Committee, Simulation.Leaders, Index, recovered);
        _work = Simulation.Options.Load == Load.Busy;
        Simulation.Checks.OnStarted(this);
        Post(new Input.WorkWaiting(_work));
        Post(new Input.Start());
        Blocks.Start();
    }

    /// <summary>An input for the core from elsewhere in this node.</summary>
    public void Tell(Input input)
    {
        if (_core is not null)
        {
            Post(input);
        }
    }

    /// <summary>Loses memory and what was not synced.</summary>
    public void Crash()
    {
        Simulation.Trace.Add(ulong.MaxValue - (ulong)Endpoint);
        _core = null;
        _guard = null;
        _join = null;
        _committing = null;
        _finals.Clear();
        _questions.Clear();
        _waitingToBuild = null;
        _turnPending = false;
        CrashAtWrite = null;
        _inbox.Clear();
        Array.Clear(_timers);
        _wanted.Clear();
        _unverified.Clear();
        _verifying = false;
        _life++;
        Blocks.Crash();
        Simulation.Checks.OnCrash(this);
        Disk.Crash(Chance, Simulation.Options.DiskFault);
    }

    public virtual void Receive(int from, Envelope envelope)
    {
        Simulation.Network.OnDelivered(from, Endpoint, envelope);
        if (!IsUp || envelope.Bytes.Length == 0)
        {
            return;
        }

        if (_core is null)
        {
            // It waits for a snapshot, and for nothing else.
            if (envelope.Bytes[0] == ReplyCode && envelope.Bytes.Length > RequestHead + 1)
            {
                OnReply(from, envelope.Bytes.AsSpan(1));
            }

            return;
        }

        bool first = envelope.FirstTo(Endpoint);
        if (envelope.Bytes[0] == MessageCode)
        {
            ConsensusMessage? message = Read(envelope);
            bool wanted = message is not null && _core.IsWanted(message);
            Simulation.Network.Traffic.OnReceived(envelope, !first || (!wanted && message is Certificate));
            if (TellsOfTwo(from, message) && message is Vote)
            {
                return;
            }

            if (wanted)
            {
                Verify(from, envelope);
            }

            return;
        }

        Simulation.Network.Traffic.OnReceived(envelope, envelope.Bytes[0] == BatchCode && !first);
        ReadOnlySpan<byte> body = envelope.Bytes.AsSpan(1);
        switch (envelope.Bytes[0])
        {
            case FetchCode when body.Length == Hash256.Size:
                Serve(from, new Hash256(body));
                break;
            case ContentCode when body.Length > Hash256.Size:
                Take(new Hash256(body[..Hash256.Size]), body[Hash256.Size..]);
                break;
            case BatchCode:
                Blocks.Receive(envelope);
                break;
            case RequestCode when body.Length >= RequestHead:
                OnRequest(from, body);
                break;
            case ReplyCode when body.Length > RequestHead:
                OnReply(from, body);
                break;
            case CheckpointCode:
                Blocks.ReceiveCheckpoint(envelope.Bytes.AsMemory(1));
                break;
            default:
                Simulation.Refused++;
                break;
        }
    }

    /// <summary>Where memory comes from at a start.</summary>
    protected virtual RecoveredState Recover() => Disk.Recover(Simulation.Epoch);

    protected virtual BlockFlaw NextFlaw() => BlockFlaw.None;

    /// <summary>Signs without asking the guard: for adversaries, and for the host once it has asked.</summary>
    protected Vote Sign(Statement statement) => Simulation.Sign(Index, statement);

    /// <summary>An answer proves itself by its hash, whoever sent it; a lie is dropped and another member asked.</summary>
    private void Take(Hash256 asked, ReadOnlySpan<byte> content)
    {
        if (Blocks.TryRead(content, out BlockLink link) && (link.Hash == asked || Simulation.Options.AcceptsLies))
        {
            Keep(asked, content.ToArray());
        }
        else
        {
            Simulation.Refused++;
        }
    }

    private void Serve(int to, Hash256 hash)
    {
        if (Disk.ReadContent(hash) is { } content)
        {
            if (IsHonest)
            {
                Simulation.Checks.OnServed(this, hash, content);
            }

            Answer(to, [ContentCode, .. hash.ToArray(), .. content]);
        }
        else if (Blocks.Find(hash) is { } batch)
        {
            Answer(to, [BatchCode, .. batch]);
        }
    }
}
