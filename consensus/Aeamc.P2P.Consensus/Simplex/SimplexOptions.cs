namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>
/// Timing and bounds of the core; all times in milliseconds. Timing affects liveness only, so nodes may differ; safety never reads a clock.
/// </summary>
public sealed record SimplexOptions
{
    /// <summary>D: the assumed bound on one message's delay, with processing. t_l = 2D and t_a = 3D (rule 1).</summary>
    public int NetworkDelay { get; init; } = 500;

    /// <summary>How late a leader without entries may propose; added to t_l and t_a while this node has no entries waiting.</summary>
    public int IdleInterval { get; init; } = 6_000;

    /// <summary>t_r: how often a node repeats itself while something is unfinished (rule 10); more than the time that a view takes.</summary>
    public int RetryInterval { get; init; } = 1_000;

    /// <summary>Percent by which 2D and 3D grow for each view beyond the last finalized one but one (rule 11). 150 = half as much again.</summary>
    public int GrowthPercent { get; init; } = 150;

    /// <summary>The growth stops when D has reached this (rule 11).</summary>
    public int MaximumNetworkDelay { get; init; } = 16_000;

    /// <summary>skip_timeout: a leader without a vote in this many views, or since its last turn if that is less, while a quorum voted, gets no time at all (rule 1).</summary>
    public int SkipViews { get; init; } = 16;

    /// <summary>Views kept below the last finalized one, to answer requests and to see late equivocation (rule 12).</summary>
    public int RetainedViews { get; init; } = 32;

    /// <summary>Most views whose certificates one retry repeats (rule 10).</summary>
    public int RepeatedViews { get; init; } = 32;
}
