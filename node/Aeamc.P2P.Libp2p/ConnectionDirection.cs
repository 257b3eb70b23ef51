namespace Aeamc.P2P.Libp2p;

/// <summary>Who dialled.</summary>
public enum ConnectionDirection
{
    /// <summary>The peer dialled us.</summary>
    Inbound,

    /// <summary>We dialled the peer.</summary>
    Outbound,
}
