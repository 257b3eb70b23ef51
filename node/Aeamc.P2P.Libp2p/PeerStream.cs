using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p;

/// <summary>
/// One bidirectional byte stream to a peer, already negotiated to <see cref="Protocol"/>. One reader and one writer may work at the
/// same time. The handler or opener owns it: <see cref="DisposeAsync"/> closes what is still open.
/// </summary>
public abstract class PeerStream : ByteChannel, IAsyncDisposable
{
    /// <summary>The peer at the other end, proven by the Noise handshake.</summary>
    public abstract PeerId RemotePeer { get; }

    /// <summary>The negotiated protocol id, for example <c>/ipfs/ping/1.0.0</c>.</summary>
    public abstract string Protocol { get; }

    /// <summary>Whether this side opened the stream.</summary>
    public abstract bool IsOutbound { get; }

    /// <summary>
    /// Queues all of the bytes now, when credit and room allow it and no other write is running; otherwise queues nothing and gives false, also when the
    /// stream is over. What is small and finds the connection idle is sent by the caller itself. Never blocks and never throws, so a thread that has other
    /// things to do may call it.
    /// </summary>
    public virtual bool TryWrite(ReadOnlySpan<byte> source) => false;

    /// <summary>Ends our direction: the peer reads end of stream after what was written. Reading goes on. Never blocks.</summary>
    public abstract void CloseWrite();

    /// <summary>Ends both directions at once; the peer sees a reset. Pending reads and writes fail. Never blocks, may be repeated.</summary>
    public abstract void Reset();

    /// <summary>Closes writing, and resets when the peer has not ended its direction yet: nobody would read what it still sends.</summary>
    public abstract ValueTask DisposeAsync();
}
