namespace Aeamc.P2P.Consensus.Votes;

/// <summary>Why a message is not taken. Stable: counted in metrics and in a peer's score. Only Valid comes with a verified message.</summary>
public enum VerificationResult
{
    /// <summary>Signatures hold.</summary>
    Valid = 0,

    /// <summary>Of another epoch; the sender may be ahead or behind, which is no offence.</summary>
    WrongEpoch = 1,

    /// <summary>The voter's place is beyond the committee.</summary>
    UnknownVoter = 2,

    /// <summary>A signature does not verify.</summary>
    BadSignature = 3,

    /// <summary>Fewer signers than a quorum.</summary>
    NoQuorum = 4,

    /// <summary>The bitmap does not fit the committee or the number of signatures.</summary>
    BadBitmap = 5,

    /// <summary>A proposal by someone who does not lead its view.</summary>
    NotTheLeader = 6,

    /// <summary>A proposal whose bytes are not the block it names.</summary>
    ContentMismatch = 7,

    /// <summary>A statement that cannot be true of any block: view 0, a parent not before it, height 0.</summary>
    Malformed = 8,
}
