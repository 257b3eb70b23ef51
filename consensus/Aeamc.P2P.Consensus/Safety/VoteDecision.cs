namespace Aeamc.P2P.Consensus.Safety;

/// <summary>The guard's answer. Only <see cref="Sign"/> and <see cref="SignAgain"/> are a yes.</summary>
public enum VoteDecision
{
    /// <summary>Yes: write the record and the watermark, fsync, then sign.</summary>
    Sign = 0,

    /// <summary>Yes: the same statement was recorded before; sign it again, nothing to write.</summary>
    SignAgain = 1,

    /// <summary>No: another epoch.</summary>
    WrongEpoch = 2,

    /// <summary>No: at or below the last finalization, where votes are not remembered any more.</summary>
    BelowFloor = 3,

    /// <summary>No: the database was restored and the votes cast since are not known; quiet until a newer finalization.</summary>
    Quiet = 4,

    /// <summary>No: rule 4, another block was notarized in this view.</summary>
    NotarizedOther = 5,

    /// <summary>No: rule 4, this view was nullified.</summary>
    NotarizeAfterNullify = 6,

    /// <summary>No: rule 7, a block was finalized in this view.</summary>
    NullifyAfterFinalize = 7,

    /// <summary>No: rule 5, this view was nullified.</summary>
    FinalizeAfterNullify = 8,

    /// <summary>No: another block was finalized in this view.</summary>
    FinalizedOther = 9,

    /// <summary>No: rule 5, another block was notarized by us in this view, so its leader equivocated.</summary>
    FinalizeAgainstNotarize = 10,
}
