namespace Aeamc.P2P.Consensus.Votes;

/// <summary>What a vote says of its view. The numbers are signed and on the wire.</summary>
public enum VoteKind : byte
{
    /// <summary>"The first proposal I saw in this view is valid and available."</summary>
    Notarize = 1,

    /// <summary>"This view may be skipped; I will not finalize in it."</summary>
    Nullify = 2,

    /// <summary>"This block is notarized and certified; I did not and will not nullify its view."</summary>
    Finalize = 3,
}
