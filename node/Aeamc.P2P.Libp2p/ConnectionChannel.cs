namespace Aeamc.P2P.Libp2p;

/// <summary>The byte stream of a whole connection.</summary>
internal abstract class ConnectionChannel : ByteChannel, IDisposable
{
    /// <summary>Sends nothing any more and receives nothing new: reading gives what was received before, then ends. Never throws.</summary>
    public abstract void Shutdown();

    /// <summary>Closes the connection at once; reads and writes fail.</summary>
    public abstract void Dispose();
}
