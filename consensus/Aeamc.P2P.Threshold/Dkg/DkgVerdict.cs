namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>What became of a message on the log. Anything but Accepted leaves the ceremony as it was, except FalseComplaint, which is put on record.</summary>
public enum DkgVerdict
{
    Accepted,

    /// <summary>Not the canonical encoding, or of the wrong size.</summary>
    Malformed,

    /// <summary>Belongs to other parameters.</summary>
    OtherCeremony,

    /// <summary>The author is not in the committee.</summary>
    NotAMember,

    /// <summary>Came before or after its phase.</summary>
    WrongPhase,

    /// <summary>The author has had its one message of this kind.</summary>
    Duplicate,

    /// <summary>A proof does not hold.</summary>
    BadProof,

    /// <summary>Names a dealer without a dealing, or dealers out of order.</summary>
    UnknownDealer,

    /// <summary>The share complained about opens and is right. The complaint is on record and changes nothing else.</summary>
    FalseComplaint,

    /// <summary>Confirms another key or transcript than the log gives.</summary>
    OtherKey,
}
