using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Checkers;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Devices;
using Aeamc.P2P.Simulator.Faults;
using Aeamc.P2P.Simulator.Measuring;

namespace Aeamc.P2P.Simulator;

/// <summary>
/// One cluster in virtual time: the daemon's own core, a network and disks that fail as seed and schedule say, and checkers. Everything is drawn
/// from the seed; nothing reads the machine, so one seed is one run.
/// </summary>
public sealed partial class Simulation
{
    private readonly SortedDictionary<NullifyReason, int> _nullified = [];
    private readonly List<int>[] _endpoints;
    private readonly List<SimulatedNode> _nodes = [];
    private readonly HashSet<int> _resumed = [];
    private readonly List<NodeIndex> _twins = [];
    private readonly HashSet<int> _reached = [];
    private readonly List<string> _refusedStarts = [];
    private readonly DeviceFleet? _fleet;
    private ulong _target;
    private int _joining;
    private long _resumedAt;

    public Simulation(SimulationOptions options)
        : this(options, null)
    {
    }

    /// <summary>With byzantine members given instead of drawn.</summary>
    public Simulation(SimulationOptions options, IReadOnlyList<NodeIndex>? byzantine)
    {
        Options = options;
        Chance = new SplitMix(options.Seed);
        var members = new NodeId[options.Nodes];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = new NodeId(Hash256.Of(BitConverter.GetBytes(i)).ToArray());
        }

        Committee = new Committee(members);
        Leaders = new LeaderSchedule(Committee, Hash256.Of(BitConverter.GetBytes(options.Seed)));
        bool full = options.Stack == StackKind.Full;
        Domain = new SigningDomain(Hash256.Of("simulation"u8), 0, Epoch);
        Verifier = new MessageVerifier(Domain, Committee, Leaders, new ToySignatures(options.AcceptsForgeries), full ? new MicroblockContent() : new SimulatedContent());
        Ledger = full ? new LedgerNetwork(this) : null;
        Genesis = BlockRef.Genesis(Ledger?.Hash ?? Hash256.Of("genesis"u8));
        Byzantine = byzantine ?? PickByzantine();
        Checks = new Checks(this);
        Network = new SimulatedNetwork(
            Clock, Trace, options.Latency, new NetworkFaults(options.LossPermille, options.DuplicatePermille, options.Jitter), Chance.Fork());
        _endpoints = new List<int>[options.Nodes];
        for (ushort i = 0; i < options.Nodes; i++)
        {
            _endpoints[i] = [];
            Add(Create(new NodeIndex(i), i), i);
        }

        foreach (NodeIndex twin in _twins)
        {
            Add(new TwinNode(this, twin, _nodes.Count), twin.Value);
        }

        if (Ledger is not null)
        {
            _fleet = new DeviceFleet(this, Ledger);
        }

        if (options.Scenario is { } scenario)
        {
            Network.Passes = (from, to, _) => IsCalm || scenario.Hears(_nodes[from].Core?.CurrentView.Value ?? 0, from, to);
        }
    }

    public SimulationOptions Options { get; }

    public SplitMix Chance { get; }

    public VirtualClock Clock { get; } = new();

    public Trace Trace { get; } = new();

    public Epoch Epoch { get; } = Epoch.Zero;

    public BlockRef Genesis { get; }

    /// <summary>What nodes with a ledger have in common; null for consensus alone.</summary>
    public LedgerNetwork? Ledger { get; }

    /// <summary>Chain time by a perfect clock.</summary>
    public Timestamp TrueTime => new(LedgerNetwork.Start + (ulong)(Clock.Now / 1000));

    public Committee Committee { get; }

    public LeaderSchedule Leaders { get; }

    public SigningDomain Domain { get; }

    public MessageVerifier Verifier { get; }

    public SimulatedNetwork Network { get; }

    /// <summary>All nodes by their number on the network: the members in order, then second twins.</summary>
    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    public Checks Checks { get; }

    public IReadOnlyList<NodeIndex> Byzantine { get; }

    public BlockTimes Times { get; } = new();

    /// <summary>Whether the time of trouble is over.</summary>
    public bool IsCalm { get; private set; }

    /// <summary>When it ended, in microseconds; 0 before.</summary>
    public long CalmAt { get; private set; }

    /// <summary>Blocks that came in ranges.</summary>
    public int RangeBlocks { get; set; }

    /// <summary>Snapshots that members began with.</summary>
    public int Snapshots { get; private set; }

    /// <summary>The greatest height when it ended; 0 before.</summary>
    public ulong CalmHeight { get; private set; }

    /// <summary>Messages that failed to verify.</summary>
    public int Refused { get; set; }

    public static SimulationResult Run(SimulationOptions options) => new Simulation(options).Run();

    public bool IsByzantine(NodeIndex node) => Byzantine.Contains(node);

    /// <summary>The nodes that go by a member's key.</summary>
    public IReadOnlyList<int> EndpointsOf(NodeIndex member) => _endpoints[member.Value];

    /// <summary>The member whose key a node has.</summary>
    public NodeIndex MemberAt(int endpoint) => _nodes[endpoint].Index;

    public Vote Sign(NodeIndex voter, Statement statement)
    {
        Span<byte> message = stackalloc byte[SigningDomain.MaximumMessageSize];
        return new Vote(statement, voter, ToySignatures.Sign(Committee[voter], message[..Domain.WriteMessage(statement, message)]));
    }

    /// <summary>The core's input for a message that verifies; null for one that does not.</summary>
    public Input? Verify(ConsensusMessage message) => message switch
    {
        Vote vote => Verifier.Verify(vote, out Verified<Vote>? verified) == VerificationResult.Valid ? new Input.VoteReceived(verified!) : null,
        Proposal proposal => Verifier.Verify(proposal, out Verified<Proposal>? verified) == VerificationResult.Valid ? new Input.ProposalReceived(verified!) : null,
        Certificate certificate => Verifier.Verify(certificate, out Verified<Certificate>? verified) == VerificationResult.Valid ? new Input.CertificateReceived(verified!) : null,
        _ => null,
    };

    public void OnNullified(SimulatedNode node, NullifyReason reason)
    {
        if (node.IsHonest)
        {
            _nullified[reason] = _nullified.GetValueOrDefault(reason) + 1;
        }
    }

    public void OnCommit(SimulatedNode node, BlockRef block)
    {
        Trace.Add(((ulong)node.Endpoint << 40) + block.Height.Value);
        Checks.OnCommit(node, block);
        if (!node.IsHonest)
        {
            return;
        }

        Times.OnCommit(block, Clock.Now);
        if (block.Height.Value >= _target)
        {
            _reached.Add(node.Endpoint);
        }

        // Who waits for a snapshot when the calm begins has a bound of its own.
        if (IsCalm && _resumedAt == 0 && _resumed.Add(node.Endpoint) && _resumed.Count == Committee.Count - Byzantine.Count - _joining)
        {
            _resumedAt = Clock.Now;
        }
    }

    /// <summary>A member has filled its store from a snapshot.</summary>
    public void OnSnapshot(SimulatedNode node, SnapshotProof proof, LedgerState state)
    {
        Trace.Add(((ulong)node.Endpoint << 40) + proof.Height.Value + 1_000_000);
        Snapshots++;
        Checks.OnSnapshot(node, proof, state);
    }

    /// <summary>A height is final somewhere for the first time.</summary>
    public void OnFirstCommit(BlockResult result) => _fleet?.OnBlock(result);

    /// <summary>What a node's blocks are made of.</summary>
    public NodeBlocks CreateBlocks(SimulatedNode node) => Ledger is { } network ? new LedgerBlocks(this, network, node) : new BareBlocks(this, node);

    /// <summary>A block was built: from here to the commits is its finality.</summary>
    public void OnProposed(BlockRef block) => Times.OnProposed(block.Hash, Clock.Now);

    public SimulationResult Run()
    {
        foreach (SimulatedNode node in _nodes)
        {
            long delay = Chance.Below(10_000);
            if (Options.Faults.OfType<Fault.Late>().FirstOrDefault(late => late.Node % _nodes.Count == node.Endpoint) is { } late)
            {
                node.Disk.BeginsWithSnapshot = late.Snapshot;
                delay = (late.At + late.Length) * 1000L;
            }

            Clock.After(delay, () => Restart(node));
        }

        foreach (Fault fault in Options.Faults)
        {
            Clock.After(fault.At * 1000L, () => Inject(fault));
        }

        if (Options.Load != Load.Idle)
        {
            _fleet?.Start();
        }

        long start = (Options.TroubleTime ?? 0) * 1000L;
        long end = start + ((Options.LivenessBound + Options.JoinBound) * 1000);
        ScheduleWork(end);
        _target = (ulong)Options.Blocks;
        if (Options.TroubleTime is not null)
        {
            _target = ulong.MaxValue;
            while (Clock.RunNext(start))
            {
            }

            BeginCalm(start);
        }

        int honest = Committee.Count - Byzantine.Count;
        while (_reached.Count < honest && Clock.RunNext(end))
        {
        }

        if (_reached.Count >= honest)
        {
            Drain();
        }

        return Judge(honest);
    }

    /// <summary>No new entries; what was acknowledged must be final within the bound.</summary>
    private void Drain()
    {
        _fleet?.Stop();
        long began = Clock.Now;
        long end = began + (Math.Max(Options.EntryBound, Options.SigningBound) * 1000);
        while ((Checks.Entries.Waiting > 0 || Checks.Evidence.Open > 0 || Checks.Checkpoints?.IsOpen == true) && !Checks.Violations.Any() && Clock.RunNext(end))
        {
        }

        if (!Checks.Violations.Any())
        {
            Checks.Entries.OnEnd();
            Checks.Evidence.OnEnd(began);
            Checks.Checkpoints?.OnEnd(Clock.Now);
        }
    }

    private SimulationResult Judge(int honest)
    {
        // Halted nodes explain themselves; otherwise a missing block is a violation of its own.
        if (_reached.Count < honest && !Checks.Violations.Any())
        {
            Checks.OnNoProgress($"no {Options.Blocks} blocks within {Options.LivenessBound} ms: heights "
                + string.Join(' ', _nodes.Select(n => $"{n.Disk.Tip.Height}@{n.Core?.CurrentView}")));
        }
        else if (IsCalm && _resumedAt - CalmAt > Options.ResumeBound * 1000 && !Checks.Violations.Any())
        {
            Checks.OnNoProgress($"finalization resumed after {(_resumedAt - CalmAt) / 1000} ms, bound {Options.ResumeBound} ms");
        }

        List<SimulatedNode> members = [.. _nodes.Where(n => n.IsHonest)];
        return new SimulationResult(
            Options.Seed,
            [.. Checks.Violations],
            Trace.Hash,
            members.Count == 0 ? 0 : members.Min(n => n.Disk.Tip.Height.Value),
            members.Count == 0 ? 0 : members.Max(n => n.Core?.CurrentView.Value ?? 0),
            Clock.Now,
            IsCalm && _resumedAt > 0 ? _resumedAt - CalmAt : 0,
            Times,
            Network.Traffic,
            _nullified,
            [.. Checks.Offenders.Select(o => (int)o)])
        {
            Nodes = Committee.Count,
            Entries = Checks.Entries.Applied,
            RefusedStarts = _refusedStarts,
            RangeBlocks = RangeBlocks,
            Snapshots = Snapshots,
            Checkpoints = Checks.Checkpoints?.Signed ?? 0,
            Convicted = [.. Checks.Evidence.Convicted.Select(member => (int)member.Value)],
            Liars = Checks.LiesFound,
        };
    }

    private void ScheduleWork(long end)
    {
        if (Options.Load != Load.Mixed || Ledger is not null)
        {
            return;
        }

        SplitMix chance = Chance.Fork();
        void Arrive()
        {
            foreach (SimulatedNode node in _nodes)
            {
                Clock.After(chance.Below(20_000), () => node.SetWork(true));
            }

            if (Clock.Now < end)
            {
                Clock.After(chance.Below(1_000_000), Arrive);
            }
        }

        Clock.After(0, Arrive);
    }

    private List<NodeIndex> PickByzantine()
    {
        var all = new List<NodeIndex>();
        for (ushort i = 0; i < Options.Nodes; i++)
        {
            all.Add(new NodeIndex(i));
        }

        var picked = new List<NodeIndex>();
        while (picked.Count < Options.ByzantineCount)
        {
            int at = Chance.Below(all.Count);
            picked.Add(all[at]);
            all.RemoveAt(at);
        }

        picked.Sort();
        return picked;
    }

    private void Add(SimulatedNode node, int place)
    {
        _nodes.Add(node);
        _endpoints[node.Index.Value].Add(node.Endpoint);
        Network.Add(node, place);
    }

    private SimulatedNode Create(NodeIndex index, int endpoint)
    {
        int rank = 0;
        while (rank < Byzantine.Count && Byzantine[rank] != index)
        {
            rank++;
        }

        if (rank == Byzantine.Count)
        {
            return new SimulatedNode(this, index, endpoint);
        }

        if (Options.Attacks.Count == 0)
        {
            throw new ArgumentException($"{Byzantine.Count} byzantine members need an attack.");
        }

        Attack attack = Options.Attacks[rank % Options.Attacks.Count];
        if (attack == Attack.Twins)
        {
            _twins.Add(index);
        }

        return Adversary.Create(attack, this, index, endpoint);
    }
}
