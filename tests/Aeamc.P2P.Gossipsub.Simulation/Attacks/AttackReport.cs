namespace Aeamc.P2P.Gossipsub.Simulation.Attacks;

/// <summary>What an interval of an attack looked like to the honest nodes, for the messages published in it that the attack is about.</summary>
/// <param name="Start">Since the attack began; negative before it.</param>
/// <param name="Delivered">Share of deliveries made at all, in 0..1.</param>
/// <param name="OnTime">Share of deliveries made within <see cref="AttackReport.OnTimeLimit"/>: by the meshes, not by repair.</param>
/// <param name="P50">Median latency of deliveries.</param>
/// <param name="P99">99th percentile of it.</param>
/// <param name="AttackersInMeshes">Share of mesh places of honest nodes that attackers hold at the end of the interval.</param>
/// <param name="LeastDegree">The smallest mesh of an honest node then.</param>
/// <param name="LargestDegree">The largest.</param>
internal sealed record AttackInterval(
    TimeSpan Start, double Delivered, double OnTime, TimeSpan P50, TimeSpan P99, double AttackersInMeshes, int LeastDegree, int LargestDegree);

/// <summary>An attack from start to end.</summary>
internal sealed record AttackReport(AttackKind Kind, AttackOptions Options, IReadOnlyList<AttackInterval> Intervals)
{
    /// <summary>A message that took the mesh arrives within it; one that was repaired by IHAVE and IWANT does not.</summary>
    public static readonly TimeSpan OnTimeLimit = TimeSpan.FromMilliseconds(700);

    private const double Sound = 0.99;

    /// <summary>The worst interval since the attack began: share of deliveries made.</summary>
    public double WorstDelivered => During.Min(static interval => interval.Delivered);

    /// <summary>The worst interval since the attack began: share made on time.</summary>
    public double WorstOnTime => During.Min(static interval => interval.OnTime);

    /// <summary>The most that attackers held of the meshes.</summary>
    public double MostAttackers => During.Max(static interval => interval.AttackersInMeshes);

    /// <summary>The last interval.</summary>
    public AttackInterval End => Intervals[^1];

    /// <summary>From when on 99 % of deliveries are on time for good, since the attack began; null when not by the end.</summary>
    public TimeSpan? RecoveredAfter
    {
        get
        {
            TimeSpan? after = null;
            foreach (AttackInterval interval in During.Reverse())
            {
                if (interval.OnTime < Sound)
                {
                    break;
                }

                after = interval.Start;
            }

            return after;
        }
    }

    private IEnumerable<AttackInterval> During => Intervals.Where(static interval => interval.Start >= TimeSpan.Zero);
}
