using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Google.Protobuf;
using Proto = Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>Gossipsub v1.3, The Extensions Control Message, with the test extension of the specification (extensions/experimental/test-extension.md).</summary>
public class ExtensionTests
{
    private static readonly byte[] Announced = new Proto.ControlExtensions { TestExtension = true }.ToByteArray();

    private static (RouterHarness Harness, TestExtension Extension) Create()
    {
        var extension = new TestExtension();
        return (new RouterHarness(new PubsubSettings { Extensions = [extension] }), extension);
    }

    [Fact]
    public void The_first_RPC_announces_our_extensions_to_v13_peers_only()
    {
        (RouterHarness harness, _) = Create();
        Rpc hello = Assert.Single(harness.Step(new RouterInput.PeerConnected(TestPeers.Id(1), true, null, GossipsubVersion.V13)).Rpcs).Rpc;
        Proto.RPC parsed = Parse(hello);
        Assert.True(parsed.Control.Extensions.TestExtension);
        Assert.Single(parsed.Subscriptions);
        Rpc old = Assert.Single(harness.Step(new RouterInput.PeerConnected(TestPeers.Id(2), true, null, GossipsubVersion.V12)).Rpcs).Rpc;
        Assert.Null(old.Extensions);
    }

    [Fact]
    public void A_peer_that_announces_the_extension_is_sent_its_message_and_heard()
    {
        (RouterHarness harness, TestExtension extension) = Create();
        PeerId peer = harness.Connect(1, version: GossipsubVersion.V13, subscribe: false);
        Outputs answer = harness.Receive(peer, rpc => rpc.Extensions = Announced);
        Assert.NotNull(Parse(Assert.Single(answer.Rpcs).Rpc).TestExtension);
        harness.Receive(peer, rpc => rpc.ExtensionMessages.Add(new ExtensionMessage(TestExtension.Number, ReadOnlyMemory<byte>.Empty)));
        Assert.Equal([peer], extension.Heard);
        harness.Step(new RouterInput.PeerDisconnected(peer));
        Assert.Equal([peer], extension.Gone);
    }

    [Fact]
    public void A_peer_that_did_not_announce_it_is_not_heard()
    {
        (RouterHarness harness, TestExtension extension) = Create();
        PeerId peer = harness.Connect(1, version: GossipsubVersion.V13);
        harness.Receive(peer, rpc => rpc.ExtensionMessages.Add(new ExtensionMessage(TestExtension.Number, ReadOnlyMemory<byte>.Empty)));
        Assert.Empty(extension.Heard);
    }

    [Fact]
    public void Extensions_announced_twice_or_late_are_ignored_and_penalised()
    {
        (RouterHarness harness, _) = Create();
        PeerId late = harness.Connect(1, version: GossipsubVersion.V13);
        Assert.Empty(harness.Receive(late, rpc => rpc.Extensions = Announced).Items);
        PeerId twice = harness.Connect(2, version: GossipsubVersion.V13, subscribe: false);
        Assert.Single(harness.Receive(twice, rpc => rpc.Extensions = Announced).Rpcs);
        Assert.Empty(harness.Receive(twice, rpc => rpc.Extensions = Announced).Items);
        Assert.Equal(2, harness.Router.Counter(RouterCounter.ExtensionsLate));
        harness.Receive(twice, rpc => rpc.Extensions = Announced);
        Assert.True(harness.Router.Score(twice) < 0);
    }

    [Fact]
    public void A_stream_opened_anew_begins_with_a_first_RPC_again()
    {
        (RouterHarness harness, TestExtension extension) = Create();
        PeerId peer = harness.Connect(1, version: GossipsubVersion.V13, subscribe: false);
        harness.Receive(peer, rpc => rpc.Extensions = Announced);
        Outputs reopened = harness.Step(new RouterInput.PeerReopened(peer, Inbound: true));
        Assert.Equal([peer], extension.Gone);
        Assert.True(Parse(Assert.Single(reopened.Rpcs).Rpc).Control.Extensions.TestExtension);
        Assert.Single(harness.Receive(peer, rpc => rpc.Extensions = Announced).Rpcs);
        Assert.Equal(0, harness.Router.Counter(RouterCounter.ExtensionsLate));
    }

    [Fact]
    public void Unknown_extensions_are_ignored()
    {
        // Field 7 as a length-delimited value, field 9 as a varint, then ours.
        byte[] others = [0x3A, 0x01, 0xFF, 0x48, 0x01, .. Announced];
        (RouterHarness harness, _) = Create();
        PeerId peer = harness.Connect(1, version: GossipsubVersion.V13, subscribe: false);
        Assert.NotNull(Parse(Assert.Single(harness.Receive(peer, rpc => rpc.Extensions = others).Rpcs).Rpc).TestExtension);
        PeerId malformed = harness.Connect(2, version: GossipsubVersion.V13, subscribe: false);
        Assert.Empty(harness.Receive(malformed, rpc => rpc.Extensions = new byte[] { 0xFF }).Items);
    }

    [Fact]
    public void Extension_fields_are_read_from_the_wire_as_by_Google_Protobuf_and_skipped_by_who_has_none()
    {
        var proto = new Proto.RPC
        {
            Control = new Proto.ControlMessage { Extensions = new Proto.ControlExtensions { TestExtension = true } },
            TestExtension = new Proto.TestExtension(),
        };
        var rpc = new Rpc();
        var decoder = new RpcDecoder(new PubsubSettings { Extensions = [new TestExtension()] }, new TopicNames());
        Assert.Equal(RpcFault.None, decoder.TryDecode(proto.ToByteArray(), rpc));
        Assert.Equal(Announced, Assert.NotNull(rpc.Extensions).ToArray());
        Assert.Equal(TestExtension.Number, Assert.Single(rpc.ExtensionMessages).Field);
        Assert.Equal(proto, Parse(rpc));

        Assert.Equal(RpcFault.None, new RpcDecoder(new PubsubSettings(), new TopicNames()).TryDecode(proto.ToByteArray(), rpc));
        Assert.Empty(rpc.ExtensionMessages);
    }

    [Fact]
    public void Extension_messages_in_one_RPC_have_a_cap()
    {
        byte[] one = new Proto.RPC { TestExtension = new Proto.TestExtension() }.ToByteArray();
        var rpc = new Rpc();
        var decoder = new RpcDecoder(new PubsubSettings { Extensions = [new TestExtension()] }, new TopicNames());
        Assert.Equal(RpcFault.None, decoder.TryDecode(Enumerable.Repeat(one, 100).SelectMany(static bytes => bytes).ToArray(), rpc));
        Assert.Equal(16, rpc.ExtensionMessages.Count);
        Assert.Equal(84, rpc.Skipped);
    }

    [Fact]
    public async Task Two_hosts_that_have_it_exchange_the_test_extension()
    {
        var (ours, theirs) = (new TestExtension(), new TestExtension());
        await using PubsubNode near = await PubsubNode.StartAsync(PubsubNode.Fast with { Extensions = [ours] });
        await using PubsubNode far = await PubsubNode.StartAsync(PubsubNode.Fast with { Extensions = [theirs] });
        await using PubsubNode without = await PubsubNode.StartAsync();
        await near.JoinAsync(far);
        await near.JoinAsync(without);
        await TestHost.UntilAsync(() => ours.Heard.Count > 0 && theirs.Heard.Count > 0);
        Assert.Equal([far.Id], ours.Heard);
        Assert.Equal([near.Id], theirs.Heard);
    }

    private static Proto.RPC Parse(Rpc rpc)
    {
        ReadOnlySpan<byte> frame = RpcEncoder.EncodeControl(FramePool.Shared, rpc).Span;
        UVarint.Read(frame, out _, out int prefix);
        return Proto.RPC.Parser.ParseFrom(frame[prefix..].ToArray());
    }

    /// <summary>If both peers support it, each must send its message.</summary>
    private sealed class TestExtension : IPubsubExtension
    {
        public const int Number = 6492434;

        private readonly List<PeerId> _heard = [];

        public int Field => Number;

        public IReadOnlyList<PeerId> Heard
        {
            get
            {
                lock (_heard)
                {
                    return [.. _heard];
                }
            }
        }

        public List<PeerId> Gone { get; } = [];

        public ReadOnlyMemory<byte>? OnAnnounced(PeerId peer) => ReadOnlyMemory<byte>.Empty;

        public ReadOnlyMemory<byte>? OnMessage(PeerId peer, ReadOnlyMemory<byte> body)
        {
            lock (_heard)
            {
                _heard.Add(peer);
            }

            return null;
        }

        public void OnDisconnected(PeerId peer) => Gone.Add(peer);
    }
}
