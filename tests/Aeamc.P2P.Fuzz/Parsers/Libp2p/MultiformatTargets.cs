using System.Net;
using System.Text;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>Numbers, addresses and names of peers, in bytes and in text.</summary>
internal static class MultiformatTargets
{
    private static readonly PeerId Peer = PeerId.FromPublicKey([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);
    private static readonly string[] Addresses =
    [
        "/ip4/1.2.3.4/tcp/4001", $"/ip6/2a00::1/tcp/1/p2p/{Peer}", "/dns4/example.org/tcp/65535", $"/dns/a.b/tcp/0/p2p/{Peer.ToCidString()}",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("uvarint", [[0], [0x7F], [0xFF, 0x01], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]], [], RunUVarint),
        new("multiaddr", [.. Addresses.Select(text => Multiaddress.Parse(text).ToArray())], [], RunMultiaddr) { Grammar = new MultiaddrGrammar() },
        new("multiaddr-text", [.. Addresses.Select(Encoding.UTF8.GetBytes)], Words("/ip4/", "/ip6/", "::", "/tcp/", "/p2p/", "%25", "999999", "/dns6/"), RunMultiaddrText)
        {
            Grammar = new MultiaddrTextGrammar(),
        },
        new("peer-id-text", [Encoding.UTF8.GetBytes(Peer.ToString()), Encoding.UTF8.GetBytes(Peer.ToCidString())], Words("12D3Koo", "bafz", "k51", "z"), RunPeerIdText),
    ];

    private static byte[][] Words(params string[] words) => [.. words.Select(Encoding.UTF8.GetBytes)];

    private static string RunUVarint(byte[] input)
    {
        UVarintStatus status = UVarint.Read(input, out ulong value, out int length);
        if (status == UVarintStatus.Done)
        {
            var again = new byte[UVarint.MaxLength];
            FuzzTarget.Require(again.AsSpan(0, UVarint.Write(again, value)).SequenceEqual(input.AsSpan(0, length)), "a uvarint has one form");
        }

        return status == UVarintStatus.Done ? FuzzTarget.Taken : status.ToString();
    }

    private static string RunMultiaddr(byte[] input)
    {
        if (!Multiaddress.TryRead(input, out Multiaddress? address))
        {
            return FuzzTarget.Refused;
        }

        FuzzTarget.Require(address.ToArray().AsSpan().SequenceEqual(input), "the binary form has one form");
        FuzzTarget.Require(Multiaddress.TryParse(address.ToString(), out Multiaddress? text) && text.Equals(address), "the text form comes back");
        FuzzTarget.Require(address.WithPeer(null).WithPeer(address.Peer).Equals(address), "a peer can be taken off and put on");
        return FuzzTarget.Taken;
    }

    private static string RunMultiaddrText(byte[] input)
    {
        if (!Multiaddress.TryParse(Encoding.UTF8.GetString(input), out Multiaddress? address))
        {
            return FuzzTarget.Refused;
        }

        FuzzTarget.Require(Multiaddress.TryRead(address.ToArray(), out Multiaddress? again) && again.Equals(address), "the binary form comes back");
        FuzzTarget.Require(Multiaddress.TryParse(address.ToString(), out again) && again.Equals(address), "the canonical text comes back");
        IPEndPoint? endPoint = address.ToIpEndPoint();
        FuzzTarget.Require(endPoint is null || Multiaddress.FromEndPoint(endPoint).Port == address.Port, "the end point has the same port");
        return FuzzTarget.Taken;
    }

    private static string RunPeerIdText(byte[] input)
    {
        if (!PeerId.TryParse(Encoding.UTF8.GetString(input), out PeerId id))
        {
            return FuzzTarget.Refused;
        }

        FuzzTarget.Require(PeerId.TryParse(id.ToString(), out PeerId again) && again == id, "the base58 form comes back");
        FuzzTarget.Require(PeerId.TryParse(id.ToCidString(), out again) && again == id, "the CID form comes back");
        return FuzzTarget.Taken;
    }
}
