namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>What byzantine members do; each is a type of this folder.</summary>
public enum Attack
{
    /// <summary><see cref="AbsentNode"/>.</summary>
    Absent,

    /// <summary><see cref="SilentLeader"/>.</summary>
    SilentLeader,

    /// <summary><see cref="DenyingNode"/>.</summary>
    Deny,

    /// <summary><see cref="DroppingNode"/>.</summary>
    Drop,

    /// <summary><see cref="DelayingNode"/>.</summary>
    Delay,

    /// <summary><see cref="RepeatingNode"/>.</summary>
    Repeat,

    /// <summary><see cref="SpammingNode"/>.</summary>
    Spam,

    /// <summary><see cref="WithholdingNode"/>.</summary>
    Withhold,

    /// <summary><see cref="EquivocatingLeader"/>.</summary>
    Equivocate,

    /// <summary><see cref="ConflictingVoter"/>.</summary>
    Conflict,

    /// <summary><see cref="ImpersonatingNode"/>.</summary>
    Impersonate,

    /// <summary><see cref="NullifyingNode"/>.</summary>
    Nuller,

    /// <summary><see cref="OutdatedNode"/>.</summary>
    Outdated,

    /// <summary><see cref="AmnesiacNode"/>.</summary>
    Amnesia,

    /// <summary><see cref="SplitVoteLeader"/>.</summary>
    SplitVote,

    /// <summary><see cref="TwinNode"/>: two honest nodes with one key, each heard by one half.</summary>
    Twins,

    /// <summary><see cref="InvalidProposer"/>.</summary>
    InvalidProposer,

    /// <summary><see cref="LyingNode"/>.</summary>
    Lie,

    /// <summary><see cref="FalseSigner"/>.</summary>
    SignFalsely,

    /// <summary><see cref="BelatedNode"/>.</summary>
    Belated,
}
