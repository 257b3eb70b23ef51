using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Checkers;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator;

/// <summary>
/// One cluster in virtual time: the daemon's own core, a network and disks that fail as the seed says, and checkers. Everything is drawn from
/// the seed; nothing reads the machine, so one seed is one run.
/// </summary>
public sealed class Simulation
{
    private readonly ulong[] _targets;
    private readonly Dictionary<Hash256, long> _proposed = [];
    private long _slowestFinality;

    public Simulation(SimulationOptions options)
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
        Domain = new SigningDomain(Hash256.Of("simulation"u8), 0, Epoch);
        Verifier = new MessageVerifier(Domain, Committee, Leaders, new ToySignatures(), new SimulatedContent());
        Byzantine = PickByzantine();
        Checks = new Checks(this);
        Network = new SimulatedNetwork(this);
        Nodes = new SimulatedNode[options.Nodes];
        for (ushort i = 0; i < Nodes.Length; i++)
        {
            Nodes[i] = Create(new NodeIndex(i));
        }

        _targets = new ulong[options.Nodes];
    }

    public SimulationOptions Options { get; }

    public SplitMix Chance { get; }

    public VirtualClock Clock { get; } = new();

    public Trace Trace { get; } = new();

    public Epoch Epoch { get; } = Epoch.Zero;

    public BlockRef Genesis { get; } = BlockRef.Genesis(Hash256.Of("genesis"u8));

    public Committee Committee { get; }

    public LeaderSchedule Leaders { get; }

    public SigningDomain Domain { get; }

    public MessageVerifier Verifier { get; }

    public SimulatedNetwork Network { get; }

    public SimulatedNode[] Nodes { get; }

    public Checks Checks { get; }

    public IReadOnlyList<NodeIndex> Byzantine { get; }

    /// <summary>Whether the time of trouble is over.</summary>
    public bool IsCalm { get; private set; }

    public int Nullified { get; set; }

    public int Refused { get; set; }

    public static SimulationResult Run(SimulationOptions options) => new Simulation(options).Run();

    public bool IsByzantine(NodeIndex node) => Byzantine.Contains(node);

    public Vote Sign(NodeIndex voter, Statement statement) =>
        new(statement, voter, ToySignatures.Sign(Committee[voter], Domain.Message(statement)));

    public void OnCommit(SimulatedNode node, BlockRef block)
    {
        Trace.Add((node.Index.Value << 20) + (long)block.Height.Value);
        Checks.OnCommit(node, block);
        if (node.IsHonest && _proposed.TryGetValue(block.Hash, out long at))
        {
            _slowestFinality = Math.Max(_slowestFinality, Clock.Now - at);
        }
    }

    /// <summary>A block was built: from here to the commits in calm time is its finality.</summary>
    public void OnProposed(BlockRef block)
    {
        if (IsCalm)
        {
            _proposed[block.Hash] = Clock.Now;
        }
    }

    /// <summary>A node crashes and comes back after a while, at the latest when the calm begins.</summary>
    public void CrashNow(SimulatedNode node)
    {
        node.Crash();
        Clock.After(Chance.Below(Options.TroubleTime * 1000 / 3), () => Restart(node));
    }

    private SimulationResult Run()
    {
        long calmAt = Options.TroubleTime * 1000L;
        foreach (SimulatedNode node in Nodes)
        {
            Clock.After(Chance.Below(10_000), node.Start);
        }

        ScheduleTrouble();
        ScheduleWork(calmAt + (Options.LivenessBound * 1000));
        while (Clock.RunNext(calmAt))
        {
        }

        BeginCalm();
        long end = calmAt + (Options.LivenessBound * 1000);
        while (!AllReached() && Clock.RunNext(end))
        {
        }

        // Halted nodes explain themselves; otherwise a missing block is a violation of its own.
        if (!AllReached() && !Checks.Violations.Any())
        {
            Checks.OnNoProgress($"no {Options.Blocks} blocks within {Options.LivenessBound} ms of calm: heights "
                + string.Join(' ', Nodes.Select(n => $"{n.Disk.Tip.Height}@{n.Core?.CurrentView}")));
        }

        IEnumerable<SimulatedNode> honest = Nodes.Where(n => n.IsHonest);
        return new SimulationResult(
            Options.Seed,
            [.. Checks.Violations],
            Trace.Hash,
            honest.Min(n => n.Disk.Tip.Height.Value),
            honest.Max(n => n.Core?.CurrentView.Value ?? 0),
            Clock.Now / 1000,
            Math.Max(0, Clock.Now - calmAt) / 1000,
            _slowestFinality / 1000,
            Network.Messages,
            Nullified,
            [.. Checks.Offenders.Select(o => (int)o)]);
    }

    private void BeginCalm()
    {
        IsCalm = true;
        ulong highest = 0;
        foreach (SimulatedNode node in Nodes)
        {
            node.CrashAtWrite = null;
            Restart(node);
            highest = Math.Max(highest, node.Disk.Tip.Height.Value);
        }

        Array.Fill(_targets, highest + (ulong)Options.Blocks);
    }

    private bool AllReached()
    {
        foreach (SimulatedNode node in Nodes)
        {
            if (node.IsHonest && node.Disk.Tip.Height.Value < _targets[node.Index.Value])
            {
                return false;
            }
        }

        return true;
    }

    private static void Restart(SimulatedNode node)
    {
        if (node.Core is null)
        {
            node.Start();
        }
    }

    private void ScheduleTrouble()
    {
        int time = Options.TroubleTime * 1000;
        for (int i = 0; i < Options.Crashes; i++)
        {
            SimulatedNode node = Nodes[Chance.Below(Nodes.Length)];
            int how = Chance.Below(3);
            Clock.After(Chance.Below(time), () =>
            {
                if (node.Core is null || IsCalm)
                {
                    return;
                }

                if (how == 0)
                {
                    CrashNow(node);
                }
                else
                {
                    node.CrashAtWrite = how == 1;
                }
            });
        }

        for (int i = 0; i < Options.Partitions; i++)
        {
            ulong side = Chance.Next();
            int length = Chance.Below(time / 2);
            Clock.After(Chance.Below(time), () => Network.Partition(side, length));
        }
    }

    private void ScheduleWork(long end)
    {
        if (Options.Load != Load.Mixed)
        {
            return;
        }

        SplitMix chance = Chance.Fork();
        void Arrive()
        {
            foreach (SimulatedNode node in Nodes)
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

    private SimulatedNode Create(NodeIndex index)
    {
        if (!IsByzantine(index))
        {
            return new SimulatedNode(this, index);
        }

        return Options.Attack switch
        {
            Attack.Absent => new AbsentNode(this, index),
            Attack.SilentLeader => new SilentLeader(this, index),
            Attack.EquivocatingLeader => new EquivocatingLeader(this, index),
            Attack.ConflictingVoter => new ConflictingVoter(this, index),
            Attack.InvalidProposer => new InvalidProposer(this, index),
            _ => throw new ArgumentException($"{Options.Byzantine} byzantine members need an attack."),
        };
    }
}
