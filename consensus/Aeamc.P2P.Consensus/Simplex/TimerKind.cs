namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>The three timers of a view. At most one of each kind is armed; setting one replaces it.</summary>
public enum TimerKind : byte
{
    /// <summary>t_l: the leader's proposal should have come (rules 1, 3, 7).</summary>
    Leader = 1,

    /// <summary>t_a: the view should be over (rules 1, 5, 7).</summary>
    Advance = 2,

    /// <summary>t_r: still stuck, say everything again (rule 10).</summary>
    Retry = 3,
}
