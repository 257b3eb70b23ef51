namespace Aeamc.P2P.Libp2p.Multiformats;

/// <summary>What <see cref="UVarint.Read"/> found.</summary>
public enum UVarintStatus
{
    /// <summary>A whole number.</summary>
    Done,

    /// <summary>The bytes end inside the number.</summary>
    Incomplete,

    /// <summary>Longer than 9 bytes, or not the shortest form.</summary>
    Invalid,
}
