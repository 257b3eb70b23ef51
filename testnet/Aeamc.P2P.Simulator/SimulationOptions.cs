using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Faults;
using Aeamc.P2P.Simulator.Twins;

namespace Aeamc.P2P.Simulator;

/// <summary>When nodes have entries waiting.</summary>
public enum Load
{
    /// <summary>Always: leaders propose at once.</summary>
    Busy,

    /// <summary>Never: empty blocks at the idle interval.</summary>
    Idle,

    /// <summary>Sometimes, seen at each node at its own time.</summary>
    Mixed,
}

/// <summary>What a crash does to a disk beyond losing what was not synced.</summary>
public enum DiskFault
{
    None,

    /// <summary>The log is gone and the watermark file is not: a database restored from an old copy.</summary>
    LosesLog,

    /// <summary>Log and watermark are gone. Outside what the rules promise to survive; the checkers must notice.</summary>
    LosesLogAndWatermark,
}

/// <summary>
/// One run. With a <see cref="TroubleTime"/>, that long there are loss, duplicates and scheduled faults, and then a calm in which the cluster must
/// make progress within a bound; without one, loss and duplicates last for the whole run. Times in milliseconds unless said otherwise.
/// </summary>
public sealed record SimulationOptions
{
    public int Nodes { get; init; } = 4;

    public ulong Seed { get; init; } = 1;

    /// <summary>Blocks that every honest node must commit (in the calm time, if there is one).</summary>
    public int Blocks { get; init; } = 20;

    /// <summary>Delay of the links.</summary>
    public LatencyModel Latency { get; init; } = LatencyModel.Uniform(5_000);

    /// <summary>Greatest random addition to it, in microseconds, which also reorders.</summary>
    public int Jitter { get; init; } = 10_000;

    /// <summary>Messages lost in a thousand.</summary>
    public int LossPermille { get; init; }

    /// <summary>Messages delivered twice in a thousand.</summary>
    public int DuplicatePermille { get; init; }

    /// <summary>What happens when.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    public DiskFault DiskFault { get; init; }

    /// <summary>Greatest difference of a node's timers from true time, in a thousand, drawn for each node.</summary>
    public int ClockDriftPermille { get; init; }

    /// <summary>Greatest constant error of a node's wall clock, in milliseconds, drawn for each node.</summary>
    public int ClockSkew { get; init; }

    /// <summary>How much of a node runs.</summary>
    public StackKind Stack { get; init; }

    /// <summary>Devices that hand in entries, with the full stack.</summary>
    public int Devices { get; init; } = 4;

    /// <summary>Length of the time of trouble; null: all the run.</summary>
    public int? TroubleTime { get; init; }

    /// <summary>What the byzantine nodes do, in turn.</summary>
    public IReadOnlyList<Attack> Attacks { get; init; } = [];

    /// <summary>How many are byzantine; null: f when there is an attack. More than f exceeds the fault bound on purpose.</summary>
    public int? Byzantine { get; init; }

    public Load Load { get; init; } = Load.Busy;

    public ProcessingModel Processing { get; init; } = ProcessingModel.Measured;

    /// <summary>Accepts every signature: a wrong verifier on purpose, which the checkers must notice.</summary>
    public bool AcceptsForgeries { get; init; }

    /// <summary>The node whose ledger leaves out each block's last entry: wrong on purpose, which the checkers must notice.</summary>
    public int? BrokenLedger { get; init; }

    /// <summary>Nodes do not compare what they are given with the hash they asked for: wrong on purpose, which the checkers must notice.</summary>
    public bool AcceptsLies { get; init; }

    /// <summary>Checksums of the log and the watermark are not looked at: wrong on purpose, which the checkers must notice.</summary>
    public bool IgnoresChecksums { get; init; }

    /// <summary>Members co-sign checkpoints, with the full stack.</summary>
    public bool Signs { get; init; }

    /// <summary>Nonces are drawn from no chance at all: wrong on purpose, which the checkers must notice.</summary>
    public bool RepeatsNonces { get; init; }

    /// <summary>Nobody gets checkpoints signed: wrong on purpose, which the checkers must notice.</summary>
    public bool CoordinatesNothing { get; init; }

    /// <summary>A start passes over the votes that only the signer's file holds: wrong on purpose, which the checkers must notice.</summary>
    public bool ForgetsUnlogged { get; init; }

    /// <summary>The signer's file is written to one slot at a time: wrong on purpose, which the checkers must notice.</summary>
    public bool WritesOneSlot { get; init; }

    /// <summary>Nodes accept any beacon: wrong on purpose, which the checkers must notice.</summary>
    public bool AcceptsBeacons { get; init; }

    /// <summary>Nodes report no evidence: wrong on purpose, which the checkers must notice.</summary>
    public bool HidesEvidence { get; init; }

    /// <summary>A late vote for what is certified is let pass whatever its sender said before: wrong on purpose, which the checkers must notice.</summary>
    public bool IgnoresLateVotes { get; init; }

    /// <summary>Nodes go on when the disk refuses a write: wrong on purpose, which the checkers must notice.</summary>
    public bool IgnoresFullDisk { get; init; }

    /// <summary>Nodes acknowledge entries before these are durable: wrong on purpose, which the checkers must notice.</summary>
    public bool AcknowledgesEarly { get; init; }

    /// <summary>Who runs twice and who hears whom in the first views, until the calm begins.</summary>
    public TwinsScenario? Scenario { get; init; }

    /// <summary>The cores' timing; short, so that a run has many views.</summary>
    public SimplexOptions Core { get; init; } = new()
    {
        NetworkDelay = 40,
        IdleInterval = 400,
        RetryInterval = 100,
        MaximumNetworkDelay = 320,
        SkipViews = 12,
        RetainedViews = 16,
    };

    public int Faulty => (Nodes - 1) / 3;

    public int ByzantineCount => Byzantine ?? (Attacks.Count == 0 ? 0 : Faulty);

    /// <summary>Blocks' timestamps may be this far ahead of a member's clock.</summary>
    public int ClockTolerance { get; init; } = 2_000;

    /// <summary>
    /// B of RULES.md, "Liveness": from the beginning of the calm until every honest member has finalized something new, with the grown D at its most and
    /// a delay that includes the work on it.
    /// </summary>
    public long ResumeBound => (Faulty + 2L) * (IdleTime + (3L * Core.MaximumNetworkDelay) + Core.RetryInterval + (4L * Delta));

    /// <summary>The same with each repetition lost eight times, which at 20 % loss happens once in two million: the longest time without a block under loss.</summary>
    public long StallBound => (Faulty + 2L) * (IdleTime + (3L * Core.MaximumNetworkDelay) + (9L * Core.RetryInterval) + (4L * Delta));

    /// <summary>Longest time in which <see cref="Blocks"/> must be committed: a resumption, then at worst every second view is lost to grown timeouts.</summary>
    public long LivenessBound =>
        (2 * StallBound) + (Blocks * 2L * LossFactor * ((9L * Core.NetworkDelay) + (4 * Delta) + IdleTime));

    /// <summary>
    /// Longest time from an acknowledgement, or from the beginning of the calm, until the entry is in a final block: a resumption, and then a turn of each member, its own among them,
    /// at worst every second view lost; one mend of a damaged disk before.
    /// </summary>
    public long EntryBound => StallBound + (2L * (Nodes + 2) * LossFactor * ((9L * Core.NetworkDelay) + (4 * Delta) + IdleTime));

    /// <summary>How long an answer to a question of another node is waited for.</summary>
    public long RequestPatience => 6L * Core.NetworkDelay;

    /// <summary>How long each further coordinator of a checkpoint waits for those before it.</summary>
    public long StepIn => 4L * Core.NetworkDelay;

    /// <summary>When a coordinator gives an attempt up and begins another.</summary>
    public long SigningPatience => 12L * Core.NetworkDelay;

    /// <summary>
    /// Longest time from a due checkpoint, or from the beginning of the calm, until it is signed: everyone has the block (<see cref="ResumeBound"/>), the turns of all coordinators but one who still knows that it
    /// is due, and an attempt that began too early before the one that counts.
    /// </summary>
    public long SigningBound => ResumeBound + ((Nodes - 1) * 4L * Core.NetworkDelay) + (3 * SigningPatience);

    /// <summary>Longest time that a member needs more which begins with a snapshot: some rounds of questions, each of which a silent member can make as long as the patience.</summary>
    public long JoinBound => 40 * RequestPatience;

    /// <summary>
    /// Blocks after which evidence that an honest member holds must be on the ledger, while the network is live: it waits for a batch, then for a leader who has the batch and is honest.
    /// </summary>
    public int EvidenceBlocks => 64 + (4 * Nodes);

    private int LossFactor => TroubleTime is null && LossPermille > 0 ? 4 : 1;

    private int IdleTime => Load == Load.Busy ? 0 : Core.IdleInterval;

    /// <summary>The slowest link with its jitter and the work at its end.</summary>
    private int Delta => ((Latency.Largest + Jitter) / 1000) + 5 + (Nodes * Processing.Verify / 1000);

    /// <summary>Timing that fits given delays: D half as much again as the slowest link, so that t_l = 3 and t_a = 4.5 of its delays.</summary>
    public static SimplexOptions TimingFor(LatencyModel latency, int jitter, int nodes)
    {
        int slowest = ((latency.Largest + jitter) / 1000) + 1 + (nodes / 20);
        int delay = (slowest * 3 / 2) + 10;
        return new SimplexOptions
        {
            NetworkDelay = delay,
            IdleInterval = 10 * delay,
            RetryInterval = 3 * delay,
            MaximumNetworkDelay = 16 * delay,
        };
    }

    /// <summary>The faults of one random short run, all drawn from the seed; at most f byzantine.</summary>
    public static SimulationOptions Random(ulong seed)
    {
        var random = new SplitMix(seed ^ 0x5eed);
        int nodes = 4 + random.Below(4);
        const int Trouble = 600;
        Attack[] all = Enum.GetValues<Attack>();
        Attack[] attacks = random.Below(4) switch
        {
            0 => [],
            1 or 2 => [all[random.Below(all.Length)]],
            _ => [all[random.Below(all.Length)], all[random.Below(all.Length)]],
        };
        LatencyModel latency = LatencyModel.Uniform(1_000 * (1 + random.Below(8)));
        int jitter = 1_000 * random.Below(15);
        List<Fault> faults = FaultSchedule.Draw(random, nodes, Trouble, random.Below(4), random.Below(3), random.Below(2));
        faults.AddRange(FaultSchedule.Disks(random, nodes, Trouble, attacks.Length == 0 ? random.Below(3) : 0, random.Below(2)));
        faults.AddRange(FaultSchedule.Stores(random, nodes, Trouble, random.Permille(250) ? 1 : 0, random.Permille(300) ? 1 : 0));
        return new SimulationOptions
        {
            Nodes = nodes,
            Seed = seed,
            Stack = StackKind.Full,
            ClockSkew = random.Permille(300) ? random.Below(900) : 0,
            Blocks = 6,
            TroubleTime = Trouble,
            Latency = latency,
            Jitter = jitter,
            Core = TimingFor(latency, jitter, nodes),
            LossPermille = random.Permille(500) ? random.Below(300) : 0,
            DuplicatePermille = random.Below(100),
            ClockDriftPermille = random.Permille(300) ? random.Below(50) : 0,
            Attacks = attacks,
            Load = (Load)random.Below(3),
            Faults = faults,

            // A run with signing takes ten times as long as one without.
            Signs = random.Permille(60) || Array.Exists(attacks, attack => attack == Attack.SignFalsely),
        };
    }
}
