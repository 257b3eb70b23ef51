using Google.Protobuf;
using Wire = Aeamc.P2P.Libp2p.Identify.Wire.Identify;

namespace Aeamc.P2P.Libp2p.Tests.Identify;

public class IdentifyTests
{
    [Fact]
    public async Task A_push_changes_what_it_names_and_nothing_else()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync(options => options with { AgentVersion = "before" });
        await TestHost.JoinAsync(a, b);
        PeerIdentity before = a.FindPeer(b.LocalPeer)!.Identity!;
        await PushAsync(b, a, new Wire { AgentVersion = new string('x', 1000) }.ToByteArray());
        await TestHost.UntilAsync(() => a.FindPeer(b.LocalPeer)!.Identity!.AgentVersion != "before");
        PeerIdentity after = a.FindPeer(b.LocalPeer)!.Identity!;
        Assert.Equal(256, after.AgentVersion.Length);
        Assert.Equal(before.Protocols, after.Protocols);
        Assert.Equal(before.ListenAddresses, after.ListenAddresses);
        Assert.NotNull(after.SignedPeerRecord);
    }

    [Fact]
    public async Task What_cannot_be_used_is_counted_and_changes_nothing()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        await TestHost.JoinAsync(a, b);
        PeerIdentity before = a.FindPeer(b.LocalPeer)!.Identity!;
        await PushAsync(b, a, new byte[9000]);
        await TestHost.UntilAsync(() => a.Refusals["stream-message-too-long"] == 1);
        Assert.Equal(before.AgentVersion, a.FindPeer(b.LocalPeer)!.Identity!.AgentVersion);
        await PushAsync(b, a, new Wire { SignedPeerRecord = ByteString.CopyFrom(1, 2, 3) }.ToByteArray());
        await TestHost.UntilAsync(() => a.Refusals["identify-bad-record"] == 1);
        Assert.True(before.SignedPeerRecord!.Value.Span.SequenceEqual(a.FindPeer(b.LocalPeer)!.Identity!.SignedPeerRecord!.Value.Span));
    }

    [Theory]
    [InlineData("identify-malformed")]
    [InlineData("identify-wrong-key")]
    public async Task A_lie_or_nonsense_costs_the_peer_its_connection(string reason)
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        await TestHost.JoinAsync(a, b);
        await PushAsync(b, a, reason == "identify-malformed"
            ? [0x0A, 0xFF]
            : new Wire { PublicKey = ByteString.CopyFrom(a.LocalPeer.ToPublicKeyProtobuf()), AgentVersion = "liar" }.ToByteArray());
        await TestHost.UntilAsync(() => a.Refusals[reason] == 1 && a.Refusals["banned"] == 1 && a.Peers.Count == 0);
    }

    private static async Task PushAsync(Libp2pHost from, Libp2pHost to, byte[] message)
    {
        await using PeerStream stream = await from.OpenStreamAsync(to.LocalPeer, [ProtocolIds.IdentifyPush]);
        await LengthPrefixed.WriteAsync(stream, message);
    }
}
