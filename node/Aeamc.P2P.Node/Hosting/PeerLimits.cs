using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Discovery;
using Aeamc.P2P.Node.Configuration;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>The network layer's bounds as an operator's few figures make them.</summary>
internal static class PeerLimits
{
    /// <summary>The file in the data folder that keeps the address book.</summary>
    public const string AddressBookFile = "peers";

    public static Libp2pLimits Of(NodeConfig config) => new()
    {
        MaxConnections = config.MaxConnections,
        HighWater = config.MaxConnections - (config.MaxConnections / 8),
        LowWater = config.MaxConnections - (config.MaxConnections / 4),
        MaxInboundPerIp = config.MaxConnectionsPerIp,
        MaxPendingInbound = Math.Min(128, config.MaxConnections),
        // What handlers have not read yet. A block range of 8 MiB flows through it; only many streams at once fill it.
        MaxBufferedBytesPerConnection = 6 << 20,
        MaxBufferedBytes = 96 << 20,
        ExemptNetworks = config.ExemptNetworks,
    };

    /// <summary>Null when discovery is off. What it dials leaves half of the connections to those who dial us.</summary>
    public static DiscoveryOptions? DiscoveryOf(NodeConfig config) => !config.Discovery ? null : new DiscoveryOptions
    {
        AddressBookFile = Path.Combine(config.DataDirectory, AddressBookFile),
        TargetPeers = Math.Min(config.TargetPeers, config.MaxConnections / 2),
    };
}
