using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Libp2p.Discovery;

/// <summary>What happens to a <see cref="DiscoveryCore"/>.</summary>
internal abstract record DiscoveryInput
{
    private DiscoveryInput()
    {
    }

    /// <summary>Time passed; about once a second.</summary>
    public sealed record Tick : DiscoveryInput
    {
        public static readonly Tick Instance = new();
    }

    /// <summary>The first connection to a peer stands.</summary>
    /// <param name="Peer">Who.</param>
    /// <param name="DialledAt">Where we reached it; null when it dialled us.</param>
    public sealed record Connected(PeerId Peer, Multiaddress? DialledAt) : DiscoveryInput;

    /// <summary>The last connection to a peer is gone.</summary>
    public sealed record Disconnected(PeerId Peer) : DiscoveryInput;

    /// <summary>Whether a connected peer serves <see cref="PeerExchange.Protocol"/>.</summary>
    public sealed record Identified(PeerId Peer, bool ServesExchange) : DiscoveryInput;

    /// <summary>A record became known, its signature verified.</summary>
    /// <param name="Record">The statement.</param>
    /// <param name="Envelope">Its signed form.</param>
    /// <param name="Source">Who told; null for the peer itself.</param>
    public sealed record Offered(SignedPeerRecord Record, ReadOnlyMemory<byte> Envelope, PeerId? Source) : DiscoveryInput;

    /// <summary>None of the addresses of a <see cref="DiscoveryOutput.Dial"/> led to the peer.</summary>
    public sealed record DialFailed(PeerId Peer) : DiscoveryInput;

    /// <summary>A dial ended with a connection, or with nothing that speaks against the peer.</summary>
    public sealed record DialEnded(PeerId Peer) : DiscoveryInput;

    /// <summary>An <see cref="DiscoveryOutput.Ask"/> ended, answered or not.</summary>
    public sealed record AskEnded(PeerId Peer) : DiscoveryInput;
}
