namespace Aeamc.P2P.Libp2p;

/// <summary>A connection or stream could not be had. An ordinary event on a network.</summary>
public sealed class Libp2pException : IOException
{
    public Libp2pException(Libp2pError error, string message, Exception? cause = null)
        : base(message, cause) => Error = error;

    /// <summary>What went wrong.</summary>
    public Libp2pError Error { get; }
}
