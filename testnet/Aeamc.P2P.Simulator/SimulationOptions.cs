using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Simulator.Adversaries;

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
/// One run. A fixed time of trouble (loss, duplicates, partitions, crashes) is followed by a calm one with delay and jitter alone, in
/// which the cluster must make progress. Times in milliseconds.
/// </summary>
public sealed record SimulationOptions
{
    public int Nodes { get; init; } = 4;

    public ulong Seed { get; init; } = 1;

    /// <summary>Blocks that every honest node must commit in the calm time.</summary>
    public int Blocks { get; init; } = 20;

    /// <summary>Least one-way delay.</summary>
    public int Delay { get; init; } = 5;

    /// <summary>Random addition to it, which also reorders.</summary>
    public int Jitter { get; init; } = 10;

    /// <summary>Messages lost in a thousand, in the time of trouble.</summary>
    public int LossPermille { get; init; }

    /// <summary>Messages delivered twice in a thousand, in the time of trouble.</summary>
    public int DuplicatePermille { get; init; }

    /// <summary>Crashes of random nodes at random moments of the time of trouble, some in the middle of a write.</summary>
    public int Crashes { get; init; }

    public DiskFault DiskFault { get; init; }

    /// <summary>Partitions into two random sides for a random while, in the time of trouble.</summary>
    public int Partitions { get; init; }

    /// <summary>Length of the time of trouble.</summary>
    public int TroubleTime { get; init; } = 1_500;

    /// <summary>What the byzantine nodes do.</summary>
    public Attack Attack { get; init; } = Attack.None;

    /// <summary>How many are byzantine; null: f when there is an attack. More than f exceeds the fault bound on purpose.</summary>
    public int? Byzantine { get; init; }

    public Load Load { get; init; } = Load.Busy;

    /// <summary>The cores' timing; short, so that a run has many views.</summary>
    public SimplexOptions Core { get; init; } = new()
    {
        NetworkDelay = 40,
        IdleInterval = 400,
        RetryInterval = 60,
        MaximumNetworkDelay = 320,
        SkipViews = 12,
        RetainedViews = 16,
    };

    public int ByzantineCount => Byzantine ?? (Attack == Attack.None ? 0 : (Nodes - 1) / 3);

    /// <summary>Longest calm time in which <see cref="Blocks"/> must be committed: grown timeouts wear off, then at worst every second view is lost.</summary>
    public long LivenessBound =>
        (10L * 3 * Core.MaximumNetworkDelay) + (Blocks * 2L * ((3 * Core.NetworkDelay * 3) + (Load == Load.Busy ? 0 : Core.IdleInterval)));

    /// <summary>The faults of one random short run, all drawn from the seed; at most f byzantine.</summary>
    public static SimulationOptions Random(ulong seed)
    {
        var random = new Cluster.SplitMix(seed ^ 0x5eed);
        int nodes = 4 + random.Below(4);
        return new SimulationOptions
        {
            Nodes = nodes,
            Seed = seed,
            Blocks = 6,
            TroubleTime = 600,
            Delay = 1 + random.Below(8),
            Jitter = random.Below(15),
            LossPermille = random.Permille(500) ? random.Below(300) : 0,
            DuplicatePermille = random.Below(100),
            Crashes = random.Below(4),
            Partitions = random.Below(3),
            Attack = (Attack)random.Below(Enum.GetValues<Attack>().Length),
            Load = (Load)random.Below(3),
        };
    }
}
