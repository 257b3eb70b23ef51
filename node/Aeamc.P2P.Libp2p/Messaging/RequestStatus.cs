namespace Aeamc.P2P.Libp2p.Messaging;

/// <summary>How a request ended.</summary>
public enum RequestStatus
{
    /// <summary>The peer answered.</summary>
    Ok,

    /// <summary>The peer is not connected, or the connection was lost.</summary>
    NotConnected,

    /// <summary>The peer does not serve the protocol.</summary>
    ProtocolUnsupported,

    /// <summary>The peer refused: over a quota, or its handler would not answer.</summary>
    Refused,

    /// <summary>The request is longer than the protocol allows; nothing was sent.</summary>
    RequestTooLong,

    /// <summary>The response is longer than the protocol allows, or malformed.</summary>
    ResponseInvalid,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The caller gave up.</summary>
    Cancelled,
}
