using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Discovery;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Hosting;

namespace Aeamc.P2P.Node.Tests.Hosting;

public sealed class PeerLimitsTests
{
    [Fact]
    public void An_operators_figures_become_the_hosts_limits()
    {
        NodeConfig config = Config("max_connections = 80\nmax_connections_per_ip = 3\ntarget_peers = 60\nexempt_networks = [\"10.0.0.0/8\"]");
        Libp2pLimits limits = PeerLimits.Of(config);
        Assert.Equal((80, 70, 60, 3), (limits.MaxConnections, limits.HighWater, limits.LowWater, limits.MaxInboundPerIp));
        Assert.Equal("10.0.0.0/8", Assert.Single(limits.ExemptNetworks).ToString());
        DiscoveryOptions discovery = PeerLimits.DiscoveryOf(config)!;
        // Half of the connections are left to those who dial us.
        Assert.Equal(40, discovery.TargetPeers);
        Assert.Equal(Path.Combine(config.DataDirectory, "peers"), discovery.AddressBookFile);
        Assert.Null(PeerLimits.DiscoveryOf(Config("discovery = false")));
    }

    [Fact]
    public void The_defaults_exempt_this_machine_alone_and_keep_private_addresses_undialled()
    {
        NodeConfig config = Config("");
        Assert.Equal(["127.0.0.0/8", "::1/128"], PeerLimits.Of(config).ExemptNetworks.Select(network => network.ToString()));
        Assert.False(config.DialPrivateAddresses);
        Assert.Equal(32, PeerLimits.DiscoveryOf(config)!.TargetPeers);
    }

    private static NodeConfig Config(string p2p) => ConfigLoader.Parse("node.toml", "[p2p]\n" + p2p + "\n", new Dictionary<string, string>());
}
