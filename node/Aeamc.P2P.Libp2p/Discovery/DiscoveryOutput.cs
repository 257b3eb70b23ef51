using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Discovery;

/// <summary>What a <see cref="DiscoveryCore"/> wants done.</summary>
internal abstract record DiscoveryOutput
{
    private DiscoveryOutput()
    {
    }

    /// <summary>Try the addresses in turn; report by <see cref="DiscoveryInput.DialEnded"/> or <see cref="DiscoveryInput.DialFailed"/>.</summary>
    public sealed record Dial(PeerId Peer, IReadOnlyList<Multiaddress> Addresses) : DiscoveryOutput;

    /// <summary>Ask a connected peer whom it knows; offer each record that comes, then report by <see cref="DiscoveryInput.AskEnded"/>.</summary>
    public sealed record Ask(PeerId Peer) : DiscoveryOutput;
}
