namespace Aeamc.P2P.Threshold.Roast;

/// <summary>Why a signer does not do what a coordinator asks. The numbers are on the wire.</summary>
public enum RoastRefusal
{
    /// <summary>The signer has not approved this message, perhaps not yet: ask again later.</summary>
    NotApproved = 1,

    /// <summary>The list does not hold the signer's current commitment, for instance because the signer has restarted.</summary>
    UnknownNonce = 2,

    /// <summary>The list makes no signing session.</summary>
    BadSession = 3,

    /// <summary>This coordinator has had its number of sessions over this message.</summary>
    TooManySessions = 4,
}
