namespace Aeamc.P2P.Libp2p;

/// <summary>A stream cannot be read or written any more. An ordinary event on a network: catch it where the stream is used.</summary>
public sealed class ChannelClosedException : IOException
{
    public ChannelClosedException(ChannelCloseReason reason, Exception? cause = null)
        : base($"The stream is closed: {reason}.", cause) => Reason = reason;

    /// <summary>Why.</summary>
    public ChannelCloseReason Reason { get; }
}
