namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What the application says of a message (gossipsub v1.1, Extended Validators).</summary>
public enum MessageValidity
{
    /// <summary>Valid: delivered to the subscriber and forwarded.</summary>
    Accept,

    /// <summary>Neither delivered nor forwarded, and nobody is blamed: stale, or not decidable now.</summary>
    Ignore,

    /// <summary>Invalid: neither delivered nor forwarded, and everyone who sent it is penalised (P4).</summary>
    Reject,
}
