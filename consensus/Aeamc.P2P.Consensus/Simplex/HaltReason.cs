namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>Why the core stops for good. Each means that going on could make this node part of a fork.</summary>
public enum HaltReason : byte
{
    /// <summary>Two certificates that cannot both exist unless more than f members are byzantine.</summary>
    ConflictingCertificates = 1,

    /// <summary>A valid vote under our own key that we do not remember: a second daemon runs with this key, or memory was lost.</summary>
    UnknownOwnVote = 2,
}
