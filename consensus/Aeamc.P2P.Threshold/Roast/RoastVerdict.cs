namespace Aeamc.P2P.Threshold.Roast;

/// <summary>What a coordinator made of a reply.</summary>
public enum RoastVerdict
{
    Accepted,

    /// <summary>Too late, a repetition, about another message, or from outside the committee; nothing changed.</summary>
    Ignored,

    /// <summary>The signer said no.</summary>
    Refused,

    /// <summary>Not a reply in canonical form: the sender is blamed and asked nothing more.</summary>
    Malformed,

    /// <summary>The share does not verify: the sender is blamed and asked nothing more.</summary>
    BadShare,
}
