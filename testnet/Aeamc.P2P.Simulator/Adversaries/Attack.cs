namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>What byzantine members do; each is a type of this folder.</summary>
public enum Attack
{
    /// <summary>Nobody is byzantine.</summary>
    None,

    /// <summary><see cref="AbsentNode"/>.</summary>
    Absent,

    /// <summary><see cref="SilentLeader"/>.</summary>
    SilentLeader,

    /// <summary><see cref="EquivocatingLeader"/>.</summary>
    EquivocatingLeader,

    /// <summary><see cref="ConflictingVoter"/>.</summary>
    ConflictingVoter,

    /// <summary><see cref="InvalidProposer"/>.</summary>
    InvalidProposer,
}
