namespace Aeamc.P2P.Libp2p;

/// <summary>Bounds on everything a stranger can make grow. Past a bound the stranger is refused and the reason counted.</summary>
public sealed record Libp2pLimits
{
    /// <summary>Inbound connections that have not finished their handshake.</summary>
    public int MaxPendingInbound { get; init; } = 128;

    /// <summary>The same, from one IP address.</summary>
    public int MaxPendingInboundPerIp { get; init; } = 32;

    /// <summary>Established connections altogether.</summary>
    public int MaxConnections { get; init; } = 512;

    /// <summary>Established inbound connections from one IP address.</summary>
    public int MaxInboundPerIp { get; init; } = 128;

    /// <summary>Connections to one peer; two arise when both sides dial at once.</summary>
    public int MaxConnectionsPerPeer { get; init; } = 4;

    /// <summary>From the TCP connection to a working muxer.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From dialling to the TCP connection.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From opening a stream to its negotiated protocol.</summary>
    public TimeSpan StreamNegotiationTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Streams a peer may have open on one connection.</summary>
    public int MaxInboundStreamsPerConnection { get; init; } = 256;

    /// <summary>Streams we may have open on one connection.</summary>
    public int MaxOutboundStreamsPerConnection { get; init; } = 1024;

    /// <summary>Received bytes not yet read by their handlers, per connection. A peer that sends more is disconnected.</summary>
    public int MaxBufferedBytesPerConnection { get; init; } = 16 << 20;

    /// <summary>The largest receive window a stream may grow to. The first one is 256 KiB, as Yamux says.</summary>
    public int MaxStreamWindow { get; init; } = 4 << 20;

    /// <summary>Bytes queued for sending per connection before writers wait.</summary>
    public int SendBufferBytes { get; init; } = 256 << 10;

    /// <summary>A connection is probed after this time; without an answer within <see cref="KeepAliveTimeout"/> it is closed.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a probe may stay unanswered, and how long the peer may leave our sent bytes untaken.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection without any stream for this long is closed, unless its peer is a bootstrap peer.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>One-way messages waiting for one peer and protocol; the oldest is dropped.</summary>
    public int MessageQueueLength { get; init; } = 1024;

    /// <summary>Bytes of one-way messages waiting for one peer and protocol; the oldest are dropped.</summary>
    public int MessageQueueBytes { get; init; } = 4 << 20;

    /// <summary>The first pause before a bootstrap peer is dialled again; doubles up to <see cref="RedialMaximum"/>, each with jitter.</summary>
    public TimeSpan RedialMinimum { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause before a bootstrap peer is dialled again.</summary>
    public TimeSpan RedialMaximum { get; init; } = TimeSpan.FromSeconds(15);
}
