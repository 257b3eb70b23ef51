namespace Aeamc.P2P.Consensus.Evidence;

/// <summary>What a member did that no honest one does. The numbers are on the wire.</summary>
public enum EquivocationKind : byte
{
    /// <summary>Two Notarize for different blocks in one view. By the view's leader: two proposals, whose signatures these are.</summary>
    TwoNotarizes = 1,

    /// <summary>Two Finalize for different blocks in one view.</summary>
    TwoFinalizes = 2,

    /// <summary>Nullify and Finalize in one view.</summary>
    NullifyAndFinalize = 3,
}
