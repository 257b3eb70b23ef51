namespace Aeamc.P2P.Libp2p;

/// <summary>Why a stream came to its end.</summary>
public enum ChannelCloseReason
{
    /// <summary>The peer reset the stream.</summary>
    ResetByPeer,

    /// <summary>This side reset the stream or closed its direction before.</summary>
    ClosedLocally,

    /// <summary>The connection beneath is gone.</summary>
    ConnectionLost,

    /// <summary>The peer ended its direction in the middle of a message.</summary>
    EndedInsideMessage,

    /// <summary>A message is longer than its protocol allows, or its length is no canonical uvarint.</summary>
    MessageTooLong,
}
