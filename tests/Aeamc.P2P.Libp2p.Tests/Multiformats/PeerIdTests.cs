using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Tests.Multiformats;

public class PeerIdTests
{
    // The Ed25519 key pair of the test vectors in the libp2p peer id specification.
    private const string SpecPublicKeyProtobuf = "080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";
    private const string SpecPeerId = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

    [Fact]
    public void The_key_of_the_specification_has_its_deterministic_encoding()
    {
        Assert.True(PeerId.TryReadPublicKey(Convert.FromHexString(SpecPublicKeyProtobuf), out PeerId id));
        Assert.Equal(SpecPublicKeyProtobuf, Convert.ToHexStringLower(id.ToPublicKeyProtobuf()));
        Assert.Equal(SpecPublicKeyProtobuf[8..], id.ToNodeId().ToString());
        Assert.Equal("0024" + SpecPublicKeyProtobuf, Convert.ToHexStringLower(id.ToArray()));
        Assert.StartsWith("12D3KooW", id.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_and_binary_forms_round_trip()
    {
        var node = new NodeId(Convert.FromHexString(SpecPublicKeyProtobuf[8..]));
        PeerId id = PeerId.FromNodeId(node);
        Assert.Equal(id, PeerId.Parse(id.ToString()));
        Assert.Equal(id, PeerId.Parse(id.ToCidString()));
        Assert.True(PeerId.TryRead(id.ToArray(), out PeerId read));
        Assert.Equal(id, read);
        Assert.Equal(node, read.ToNodeId());
        Assert.StartsWith("bafzaajaiaejca", id.ToCidString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_base36_cid_is_read()
    {
        // 01 72 || multihash in base36 by independent arithmetic.
        PeerId id = PeerId.FromNodeId(new NodeId(Convert.FromHexString(SpecPublicKeyProtobuf[8..])));
        var value = new System.Numerics.BigInteger([0x01, 0x72, .. id.ToArray()], isUnsigned: true, isBigEndian: true);
        string digits = "";
        for (; !value.IsZero; value /= 36)
        {
            digits = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)(value % 36)] + digits;
        }

        Assert.StartsWith("k51qzi5uqu5d", "k" + digits, StringComparison.Ordinal);
        Assert.Equal(id, PeerId.Parse("k" + digits));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12D3KooW")]
    [InlineData("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N")]
    [InlineData("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5S0")]
    [InlineData("bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe")]
    public void Refuses_other_keys_and_nonsense(string text) => Assert.False(PeerId.TryParse(text, out _));

    [Fact]
    public void A_known_js_peer_id_parses()
    {
        Assert.True(PeerId.TryParse(SpecPeerId, out PeerId id));
        Assert.Equal(SpecPeerId, id.ToString());
    }
}
