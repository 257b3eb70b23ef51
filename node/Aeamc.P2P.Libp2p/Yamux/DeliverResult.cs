namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>What became of received bytes.</summary>
internal enum DeliverResult
{
    /// <summary>They wait for the reader.</summary>
    Stored,

    /// <summary>The stream was reset meanwhile; they are dropped.</summary>
    Dropped,

    /// <summary>Nobody will read them: the stream was left by its owner.</summary>
    Unwanted,

    /// <summary>More waits on the connection than may.</summary>
    Overflow,

    /// <summary>More than the window, or after the end: the peer broke the protocol.</summary>
    Violation,
}
