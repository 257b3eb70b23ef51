using System.Net;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Multiformats;

public class MultiaddressTests
{
    private const string Peer = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

    // Bytes by the multiaddr specification's table: code, value, code, value.
    [Theory]
    [InlineData("/ip4/127.0.0.1/tcp/4001", "047f000001060fa1")]
    [InlineData("/ip4/1.2.3.4/tcp/80", "0401020304060050")]
    [InlineData("/ip6/::1/tcp/65535", "290000000000000000000000000000000106ffff")]
    [InlineData("/dns4/example.com/tcp/443", "360b6578616d706c652e636f6d0601bb")]
    [InlineData("/dns/a/tcp/1", "350161060001")]
    public void Text_and_bytes_agree(string text, string hex)
    {
        Multiaddress address = Multiaddress.Parse(text);
        Assert.Equal(hex, Convert.ToHexStringLower(address.ToArray()));
        Assert.True(Multiaddress.TryRead(Convert.FromHexString(hex), out Multiaddress? read));
        Assert.Equal(address, read);
        Assert.Equal(text, read.ToString());
    }

    [Fact]
    public void A_peer_rides_along()
    {
        Multiaddress address = Multiaddress.Parse($"/ip4/10.0.0.1/tcp/4001/p2p/{Peer}");
        Assert.Equal(PeerId.Parse(Peer), address.Peer);
        Assert.Equal("a50326", Convert.ToHexStringLower(address.ToArray())[16..22]);
        Assert.True(Multiaddress.TryRead(address.ToArray(), out Multiaddress? read));
        Assert.Equal(address, read);
        Assert.Equal("/ip4/10.0.0.1/tcp/4001", address.WithPeer(null).ToString());
        Assert.Equal(address, Multiaddress.Parse($"/ip4/10.0.0.1/tcp/4001/ipfs/{Peer}"));
    }

    [Fact]
    public void An_end_point_becomes_an_address()
    {
        Assert.Equal("/ip4/10.1.2.3/tcp/7", Multiaddress.FromEndPoint(new IPEndPoint(IPAddress.Parse("::ffff:10.1.2.3"), 7)).ToString());
        Assert.Equal("/ip6/fe80::1/tcp/7", Multiaddress.FromEndPoint(new IPEndPoint(IPAddress.Parse("fe80::1%3"), 7)).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ip4/127.0.0.1/tcp/1")]
    [InlineData("/ip4/127.0.0.1")]
    [InlineData("/ip4/127.0.0.1/tcp/65536")]
    [InlineData("/ip4/127.0.0.1/tcp/-1")]
    [InlineData("/ip4/127.1/tcp/1")]
    [InlineData("/ip4/::1/tcp/1")]
    [InlineData("/ip4/127.0.0.1/udp/1")]
    [InlineData("/ip4/127.0.0.1/tcp/1/ws")]
    [InlineData("/ip4/127.0.0.1/tcp/1/p2p/Qm")]
    [InlineData("/dns4/a b/tcp/1")]
    [InlineData("/dns4//tcp/1")]
    public void Refuses_what_it_cannot_use(string text) => Assert.False(Multiaddress.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("047f0000")]
    [InlineData("047f000001")]
    [InlineData("047f0000010611")]
    [InlineData("047f000001060fa1dd03")]
    [InlineData("047f000001060fa1a50326")]
    [InlineData("36ff6578")]
    [InlineData("3601200600ff")]
    public void Refuses_broken_bytes(string hex) => Assert.False(Multiaddress.TryRead(Convert.FromHexString(hex), out _));
}
