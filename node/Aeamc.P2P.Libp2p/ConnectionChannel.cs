namespace Aeamc.P2P.Libp2p;

/// <summary>The byte stream of a whole connection.</summary>
internal abstract class ConnectionChannel : ByteChannel, IDisposable
{
    /// <summary>Ends when something can be read, so that whoever reads needs no buffer before; false at the end of the stream.</summary>
    /// <exception cref="ChannelClosedException">The connection is gone.</exception>
    public virtual ValueTask<bool> WaitForDataAsync() => ValueTask.FromResult(true);

    /// <summary>Sends nothing any more and receives nothing new: reading gives what was received before, then ends. Never throws.</summary>
    public abstract void Shutdown();

    /// <summary>Closes the connection at once; reads and writes fail.</summary>
    public abstract void Dispose();
}
