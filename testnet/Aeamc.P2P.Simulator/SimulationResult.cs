namespace Aeamc.P2P.Simulator;

/// <summary>The outcome of one run.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Violations">What the checkers found; empty when all is well.</param>
/// <param name="TraceHash">Equal hashes: the same run.</param>
/// <param name="Height">The lowest height among honest members at the end.</param>
/// <param name="View">The highest view among honest members at the end.</param>
/// <param name="VirtualMilliseconds">Length of the run in its own time.</param>
/// <param name="CalmMilliseconds">How much of it the calm time took until every honest member had its blocks.</param>
/// <param name="SlowestFinalityMilliseconds">Longest time from building a block to a commit of it, for blocks built in the calm time.</param>
/// <param name="Messages">Messages sent.</param>
/// <param name="Nullified">Nullify votes cast.</param>
/// <param name="Offenders">Members shown byzantine by evidence.</param>
public sealed record SimulationResult(
    ulong Seed,
    IReadOnlyList<string> Violations,
    string TraceHash,
    ulong Height,
    ulong View,
    long VirtualMilliseconds,
    long CalmMilliseconds,
    long SlowestFinalityMilliseconds,
    long Messages,
    int Nullified,
    IReadOnlyList<int> Offenders)
{
    public bool Passed => Violations.Count == 0;
}
