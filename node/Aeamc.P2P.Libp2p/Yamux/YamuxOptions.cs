namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>The bounds of one session; see <see cref="Libp2pLimits"/> for their meaning.</summary>
internal sealed record YamuxOptions(
    int MaxInboundStreams,
    int MaxOutboundStreams,
    int MaxBufferedBytes,
    int MaxStreamWindow,
    int SendBufferBytes,
    TimeSpan KeepAliveInterval,
    TimeSpan KeepAliveTimeout)
{
    /// <summary>The window every stream starts with, in both directions (Yamux specification).</summary>
    public const int InitialWindow = 256 * 1024;

    /// <summary>The most credit a peer may give us. Beyond lies overflow, as in GHSA-4w32-2493-32g7, never an honest need.</summary>
    public const long MaxCredit = 1L << 30;

    /// <summary>Streams we opened that the peer has not acknowledged yet (libp2p specs, yamux/README.md).</summary>
    public const int AckBacklog = 256;

    /// <summary>Probes, and frames without payload or flags, taken between two ticks of the session: about a second. Honest peers send a few.</summary>
    public const int MaxIdleFrames = 10_000;

    /// <summary>The largest data frame we send: small enough that streams share the connection fairly.</summary>
    public const int MaxDataFrame = 32 * 1024;

    /// <summary>What all connections of the host together may buffer.</summary>
    public ReceiveBudget Budget { get; init; } = new(long.MaxValue, 0);

    public static YamuxOptions From(Libp2pLimits limits) => new(
        limits.MaxInboundStreamsPerConnection,
        limits.MaxOutboundStreamsPerConnection,
        limits.MaxBufferedBytesPerConnection,
        limits.MaxStreamWindow,
        limits.SendBufferBytes,
        limits.KeepAliveInterval,
        limits.KeepAliveTimeout)
    {
        Budget = new ReceiveBudget(limits.MaxBufferedBytes, limits.MaxBufferedBytes / limits.MaxConnections),
    };
}
