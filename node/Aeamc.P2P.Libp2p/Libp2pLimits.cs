using System.Net;

namespace Aeamc.P2P.Libp2p;

/// <summary>Bounds on everything a stranger can make grow. Past a bound the stranger is refused and the reason counted.</summary>
public sealed record Libp2pLimits
{
    /// <summary>Inbound connections that have not finished their handshake.</summary>
    public int MaxPendingInbound { get; init; } = 128;

    /// <summary>The same, from one IP address (IPv6: one /64).</summary>
    public int MaxPendingInboundPerIp { get; init; } = 32;

    /// <summary>Handshakes begun per second from one IP address (IPv6: one /64), sustained.</summary>
    public double HandshakesPerSecondPerIp { get; init; } = 10;

    /// <summary>Handshakes from one IP address at once, before <see cref="HandshakesPerSecondPerIp"/> counts.</summary>
    public int HandshakeBurstPerIp { get; init; } = 60;

    /// <summary>A handshake that the stranger let fail, or a connection that ended by forged bytes, counts as so many more begun from its address.</summary>
    public int HandshakesPerFailure { get; init; } = 4;

    /// <summary>A ban counts as so many more handshakes begun from the peer's address: at the defaults whoever comes back under new identities does so once in two seconds.</summary>
    public int HandshakesPerOffence { get; init; } = 20;

    /// <summary>Networks to which <see cref="HandshakesPerSecondPerIp"/> and <see cref="MaxInboundPerSubnet"/> do not apply; by default this machine.</summary>
    public IReadOnlyList<IPNetwork> ExemptNetworks { get; init; } = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>Established connections altogether. Only protected peers, and those that we dial, are let in beyond.</summary>
    public int MaxConnections { get; init; } = 512;

    /// <summary>Above it, connections are closed down to <see cref="LowWater"/>: those that are worth least, and of these the youngest.</summary>
    public int HighWater { get; init; } = 448;

    /// <summary>See <see cref="HighWater"/>.</summary>
    public int LowWater { get; init; } = 384;

    /// <summary>A connection younger than this is not closed for <see cref="HighWater"/>: it may still show what it is worth.</summary>
    public TimeSpan TrimGrace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Established inbound connections from one IP address (IPv6: one /64).</summary>
    public int MaxInboundPerIp { get; init; } = 128;

    /// <summary>Established inbound connections from one subnet (IPv4 /24, IPv6 /48).</summary>
    public int MaxInboundPerSubnet { get; init; } = 128;

    /// <summary>The first ban of a peer that broke the protocol; each further one is twice as long.</summary>
    public TimeSpan BanMinimum { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest ban.</summary>
    public TimeSpan BanMaximum { get; init; } = TimeSpan.FromHours(24);

    /// <summary>A peer without an offence for this long is a stranger again.</summary>
    public TimeSpan OffenceMemory { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Bans remembered at most.</summary>
    public int MaxBans { get; init; } = 4096;

    /// <summary>Faulty streams (no protocol in time, broken negotiation, oversized messages, too many streams) of one peer at once; with more it is banned.</summary>
    public int StreamFaultBurst { get; init; } = 32;

    /// <summary>How many faulty streams per second are forgiven.</summary>
    public double StreamFaultsForgivenPerSecond { get; init; } = 0.2;

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

    /// <summary>
    /// The same over all connections together. Past it a connection that holds more than its share (this divided by <see cref="MaxConnections"/>)
    /// and sends more is closed.
    /// </summary>
    public long MaxBufferedBytes { get; init; } = 256 << 20;

    /// <summary>The largest receive window a stream may grow to. The first one is 256 KiB, as Yamux says.</summary>
    public int MaxStreamWindow { get; init; } = 4 << 20;

    /// <summary>Bytes queued for sending per connection before writers wait.</summary>
    public int SendBufferBytes { get; init; } = 256 << 10;

    /// <summary>A connection is probed after this time; without an answer within <see cref="KeepAliveTimeout"/> it is closed.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a probe may stay unanswered, and how long the peer may leave our sent bytes untaken.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection without any stream for this long is closed, unless its peer is protected or a bootstrap peer.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>One-way messages waiting for one peer and protocol; the oldest is dropped.</summary>
    public int MessageQueueLength { get; init; } = 1024;

    /// <summary>Bytes of one-way messages waiting for one peer and protocol; the oldest are dropped.</summary>
    public int MessageQueueBytes { get; init; } = 4 << 20;

    /// <summary>The first pause before a bootstrap peer is dialled again; doubles up to <see cref="RedialMaximum"/>, each with jitter.</summary>
    public TimeSpan RedialMinimum { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause before a bootstrap peer is dialled again.</summary>
    public TimeSpan RedialMaximum { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether an address is in <see cref="ExemptNetworks"/>.</summary>
    internal bool IsExempt(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return ExemptNetworks.Any(network => network.Contains(plain));
    }
}
