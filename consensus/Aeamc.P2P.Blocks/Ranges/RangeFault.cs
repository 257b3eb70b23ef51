namespace Aeamc.P2P.Blocks;

/// <summary>Why a range of blocks is not believed.</summary>
public enum RangeFault
{
    /// <summary>It is.</summary>
    None,

    /// <summary>The bytes are no range of blocks.</summary>
    Malformed,

    /// <summary>A block is of another height than the one asked for.</summary>
    WrongHeight,

    /// <summary>A block does not name the one before it as its parent.</summary>
    NotLinked,

    /// <summary>A batch is missing, is not the one that the payload names, or does not decode.</summary>
    WrongBatches,

    /// <summary>A finalization is not a quorum's for that block.</summary>
    WrongFinalization,

    /// <summary>The last block has no finalization of its own.</summary>
    NotClosed,
}
