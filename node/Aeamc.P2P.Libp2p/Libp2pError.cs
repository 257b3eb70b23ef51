namespace Aeamc.P2P.Libp2p;

/// <summary>Why a connection or stream could not be had.</summary>
public enum Libp2pError
{
    /// <summary>Nothing answered at the address.</summary>
    DialFailed,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>Somebody answered, but not in the protocol: multistream, Noise or Yamux failed.</summary>
    HandshakeFailed,

    /// <summary>Another peer answered than the address names.</summary>
    WrongPeer,

    /// <summary>The address is our own.</summary>
    SelfDial,

    /// <summary>The peer is not connected.</summary>
    NotConnected,

    /// <summary>The peer supports none of the protocols.</summary>
    ProtocolUnsupported,

    /// <summary>A limit of ours stands in the way.</summary>
    LimitReached,

    /// <summary>The connection was lost while the stream was opened.</summary>
    ConnectionLost,

    /// <summary>The host is stopped, or stopping.</summary>
    HostStopped,
}
