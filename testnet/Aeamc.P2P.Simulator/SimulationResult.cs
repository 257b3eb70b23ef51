using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Simulator.Measuring;

namespace Aeamc.P2P.Simulator;

/// <summary>The outcome of one run; times of its own clock.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Violations">What the checkers found; empty when all is well.</param>
/// <param name="Trace">Equal hashes: the same run.</param>
/// <param name="Height">The lowest height among honest members at the end.</param>
/// <param name="View">The highest view among honest members at the end.</param>
/// <param name="VirtualMicroseconds">Length of the run.</param>
/// <param name="ResumeMicroseconds">From the beginning of the calm until every honest member had finalized something new; 0 without a time of trouble.</param>
/// <param name="Times">When blocks came and became final.</param>
/// <param name="Traffic">What it took.</param>
/// <param name="Nullified">Own Nullify votes of honest members by reason.</param>
/// <param name="Offenders">Members shown byzantine by evidence.</param>
public sealed record SimulationResult(
    ulong Seed,
    IReadOnlyList<string> Violations,
    string Trace,
    ulong Height,
    ulong View,
    long VirtualMicroseconds,
    long ResumeMicroseconds,
    BlockTimes Times,
    TrafficMeter Traffic,
    IReadOnlyDictionary<NullifyReason, int> Nullified,
    IReadOnlyList<int> Offenders)
{
    public bool Passed => Violations.Count == 0;

    /// <summary>Committee members.</summary>
    public int Nodes { get; init; }

    /// <summary>Entries that the ledger took; 0 without one.</summary>
    public int Entries { get; init; }

    /// <summary>Blocks that members got in ranges.</summary>
    public int RangeBlocks { get; init; }

    /// <summary>Snapshots that members began with.</summary>
    public int Snapshots { get; init; }

    /// <summary>Checkpoints signed by the group's key.</summary>
    public int Checkpoints { get; init; }

    /// <summary>Members convicted on the ledger.</summary>
    public IReadOnlyList<int> Convicted { get; init; } = [];

    /// <summary>False answers found out, by reason.</summary>
    public IReadOnlyDictionary<string, int> Liars { get; init; } = new SortedDictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Starts refused for a damaged disk, each with its place.</summary>
    public IReadOnlyList<string> RefusedStarts { get; init; } = [];

    /// <summary>A total by members and blocks.</summary>
    public double PerNodeAndBlock(long total) => Height == 0 ? 0 : Math.Round((double)total / Nodes / Height, 2);
}
