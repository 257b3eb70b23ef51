using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Discovery;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p;

/// <summary>What a host is started with.</summary>
public sealed record Libp2pHostOptions
{
    /// <summary>Our key. The host uses it and does not dispose of it.</summary>
    public required Ed25519PrivateKey Identity { get; init; }

    /// <summary>IP addresses to listen on; port 0 takes a free one. None: the host only dials.</summary>
    public IReadOnlyList<Multiaddress> ListenAddresses { get; init; } = [];

    /// <summary>Addresses told to others beside the listening ones, for a host behind a translated address.</summary>
    public IReadOnlyList<Multiaddress> AnnounceAddresses { get; init; } = [];

    /// <summary>Peers to which a connection is kept: dialled at start, and again with jittered backoff whenever it is lost.</summary>
    public IReadOnlyList<Multiaddress> BootstrapPeers { get; init; } = [];

    /// <summary>Peers that are let in whatever the limits say, and neither trimmed nor banned: a committee's members. More by <see cref="Libp2pHost.Protect"/>.</summary>
    public IReadOnlyList<PeerId> ProtectedPeers { get; init; } = [];

    /// <summary>How peers beyond those are found and remembered; null: not at all.</summary>
    public DiscoveryOptions? Discovery { get; init; }

    /// <summary>Whether private addresses learned from strangers are dialled: for testnets, and networks within one site.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>The name told by Identify.</summary>
    public string AgentVersion { get; init; } = "aeamc/0.1.0";

    /// <summary>The protocol family told by Identify.</summary>
    public string ProtocolVersion { get; init; } = "aeamc/1.0.0";

    /// <summary>Bounds on everything a stranger can make grow.</summary>
    public Libp2pLimits Limits { get; init; } = new();

    /// <summary>Whether Yamux is agreed inside the Noise handshake; off, it costs one more round trip by multistream-select.</summary>
    public bool InlineMuxer { get; init; } = true;

    /// <summary>The clock of every time-out.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The only source of chance, for jitter and for choosing among peers; used under a lock. Seeded in tests.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Takes one line per notable event. Called from any thread; must not block or throw.</summary>
    public Action<Libp2pLogLevel, string>? Log { get; init; }
}
