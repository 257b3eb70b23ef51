namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>Why this node nullified a view (rule 7), for metrics and logs.</summary>
public enum NullifyReason : byte
{
    /// <summary>t_l: no proposal came.</summary>
    LeaderTimeout = 1,

    /// <summary>t_a: the view did not end.</summary>
    AdvanceTimeout = 2,

    /// <summary>This node led and had nothing to propose on, or the host could not build.</summary>
    BuildFailed = 3,

    /// <summary>The proposal is invalid.</summary>
    InvalidProposal = 4,

    /// <summary>The notarized block failed certification.</summary>
    CertificationFailed = 5,

    /// <summary>The leader gave its own view up.</summary>
    LeaderNullified = 6,

    /// <summary>The leader has been silent for <see cref="SimplexOptions.SkipViews"/> views, or since its last turn, while a quorum was not.</summary>
    LeaderSilent = 7,

    /// <summary>The leader's equivocation stands in the ledger (<see cref="Input.MembersConvicted"/>): it has no turn in this epoch any more.</summary>
    LeaderConvicted = 8,
}
