using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Gossipsub;
using Google.Protobuf;
using Proto = Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>Routers over real hosts on loopback.</summary>
public class PubsubRouterTests
{
    [Theory]
    [InlineData(SignaturePolicy.StrictNoSign)]
    [InlineData(SignaturePolicy.StrictSign)]
    public async Task Four_nodes_deliver_each_message_once_to_each_subscriber(SignaturePolicy policy)
    {
        PubsubNode[] nodes = await StartAsync(4, PubsubNode.Fast with { SignaturePolicy = policy });
        await using Disposables all = new(nodes);
        for (int i = 0; i < nodes.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                await nodes[i].JoinAsync(nodes[j]);
            }
        }

        const int Count = 50;
        for (int i = 0; i < Count; i++)
        {
            foreach (PubsubNode node in nodes)
            {
                Assert.Equal(3, node.Publish($"{i} by {node.Id}".PadRight(i % 2 == 0 ? 100 : 2000)));
            }
        }

        await TestHost.UntilAsync(() => nodes.All(node => node.Received.Count == 3 * Count));
        Assert.All(nodes, node => Assert.All(node.Received.Values, count => Assert.Equal(1, count)));
        Assert.All(nodes, node => Assert.DoesNotContain(node.Received.Keys, text => text.Contains(node.Id.ToString(), StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_message_is_forwarded_along_a_line()
    {
        PubsubNode[] nodes = await StartAsync(4);
        await using Disposables all = new(nodes);
        for (int i = 1; i < nodes.Length; i++)
        {
            await nodes[i].JoinAsync(nodes[i - 1]);
        }

        Assert.Equal(1, nodes[0].Publish("hello"));
        await TestHost.UntilAsync(() => nodes[1..].All(node => node.Received.ContainsKey("hello")));
    }

    [Fact]
    public async Task Rejected_messages_lower_the_senders_score_until_it_is_graylisted()
    {
        await using PubsubNode sender = await PubsubNode.StartAsync();
        await using PubsubNode strict = await PubsubNode.StartAsync(validator: static (_, data, _) =>
            ValueTask.FromResult(data.Span[0] == 'x' ? MessageValidity.Reject : MessageValidity.Accept));
        await sender.JoinAsync(strict);
        for (int i = 0; i < 3; i++)
        {
            double before = strict.Router.Score(sender.Id);
            long rejected = strict.Router.Counter(RouterCounter.MessagesRejected);
            sender.Publish($"x{i}");
            await TestHost.UntilAsync(() => strict.Router.Counter(RouterCounter.MessagesRejected) > rejected);
            Assert.True(strict.Router.Score(sender.Id) < before);
        }

        Assert.True(strict.Router.Score(sender.Id) < PubsubNode.Fast.Score.GraylistThreshold + 10);
        await TestHost.UntilAsync(() =>
        {
            sender.Publish("x" + Guid.NewGuid());
            return strict.Router.Counter(RouterCounter.RpcsGraylisted) > 0;
        });
        Assert.Empty(strict.Received);
    }

    [Fact]
    public async Task A_duplicate_is_ignored()
    {
        await using PubsubNode node = await PubsubNode.StartAsync();
        await using RawPubsubPeer peer = await RawPubsubPeer.ConnectAsync(node);
        await peer.SubscribeAsync();
        await peer.SendAsync("same");
        await peer.SendAsync("same");
        await peer.SendAsync("last");
        await TestHost.UntilAsync(() => node.Received.ContainsKey("last"));
        Assert.Equal(1, node.Received["same"]);
        Assert.Equal(1, node.Router.Counter(RouterCounter.MessagesDuplicate));
        Assert.True(node.Router.Score(peer.Host.LocalPeer) >= 0);
    }

    [Theory]
    [InlineData("0412021234", "pubsub-length-out-of-bounds")]
    [InlineData("0100", "pubsub-bad-tag")]
    [InlineData("021200", "pubsub-bad-topic")]
    [InlineData("FFFFFF7F", "pubsub-frame-too-long")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF", "pubsub-frame-too-long")]
    public async Task Garbage_closes_the_stream_and_is_counted_by_name(string hex, string reason)
    {
        await using PubsubNode node = await PubsubNode.StartAsync();
        await using RawPubsubPeer peer = await RawPubsubPeer.ConnectAsync(node);
        await peer.SubscribeAsync();
        await TestHost.UntilAsync(() => node.Router.TopicPeers(PubsubNode.Topic).Count == 1);
        await peer.Stream.WriteAsync(Convert.FromHexString(hex));
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await peer.Stream.ReadAsync(new byte[1]).AsTask().WaitAsync(TestHost.Patience));
        Assert.Equal(1, node.Host.Refusals[reason]);
        Assert.Equal(1, node.Router.Counter(RouterCounter.ProtocolViolations));

        // A new stream starts afresh, and misbehaving again costs.
        await peer.ReopenAsync(node);
        await peer.SendAsync("after");
        await TestHost.UntilAsync(() => node.Received.ContainsKey("after"));
        await peer.Stream.WriteAsync(Convert.FromHexString(hex));
        await TestHost.UntilAsync(() => node.Router.Counter(RouterCounter.ProtocolViolations) == 2);
        Assert.True(node.Router.Score(peer.Host.LocalPeer) < 0);
    }

    [Fact]
    public async Task Unsigned_and_forged_messages_are_refused_under_StrictSign()
    {
        await using PubsubNode node = await PubsubNode.StartAsync(PubsubNode.Fast with { SignaturePolicy = SignaturePolicy.StrictSign });
        await using RawPubsubPeer peer = await RawPubsubPeer.ConnectAsync(node);
        await peer.SendAsync("unsigned");
        await TestHost.UntilAsync(() => node.Router.Counter(MessageFault.MissingSignature) == 1);
        await peer.SendAsync(new Proto.RPC
        {
            Publish =
            {
                new Proto.Message
                {
                    Topic = PubsubNode.Topic,
                    From = ByteString.CopyFrom(TestPeers.Id(1).ToArray()),
                    Seqno = ByteString.CopyFrom(new byte[8]),
                    Signature = ByteString.CopyFrom(new byte[64]),
                },
            },
        });
        await TestHost.UntilAsync(() => node.Router.Counter(MessageFault.BadSignature) == 1);
        Assert.Empty(node.Received);
        Assert.True(node.Router.Score(peer.Host.LocalPeer) < 0);
    }

    [Fact]
    public async Task A_node_that_comes_back_is_in_the_mesh_again()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        await using PubsubNode node = await PubsubNode.StartAsync();
        PubsubNode other = await PubsubNode.StartAsync(key: key);
        await other.JoinAsync(node);
        await other.DisposeAsync();
        await TestHost.UntilAsync(() => node.Router.TopicPeers(PubsubNode.Topic).Count == 0);
        await using PubsubNode again = await PubsubNode.StartAsync(key: key);
        await again.JoinAsync(node);
        node.Publish("one");
        again.Publish("two");
        await TestHost.UntilAsync(() => again.Received.ContainsKey("one") && node.Received.ContainsKey("two"));
    }

    [Fact]
    public async Task Subscribing_late_and_leaving_are_told_to_the_peers()
    {
        await using PubsubNode node = await PubsubNode.StartAsync();
        await using PubsubNode other = await PubsubNode.StartAsync();
        await other.JoinAsync(node);
        ITopic late = other.Router.Subscribe("late", (_, _, _) => ValueTask.FromResult(MessageValidity.Accept));
        var arrived = new TaskCompletionSource<byte[]>();
        late.OnMessage += message => arrived.TrySetResult(message.Data.ToArray());
        await TestHost.UntilAsync(() => node.Router.TopicPeers("late").Contains(other.Id));
        Assert.Equal(1, node.Router.Publish("late", "not joined here"u8));
        Assert.Equal("not joined here"u8.ToArray(), await arrived.Task.WaitAsync(TestHost.Patience));
        Assert.Throws<ArgumentException>(() => other.Router.Subscribe("late", (_, _, _) => default));
        late.Unsubscribe();
        await TestHost.UntilAsync(() => node.Router.TopicPeers("late").Count == 0);
        Assert.Equal([PubsubNode.Topic], other.Router.Topics);
        Assert.Equal(0, node.Router.Publish("late", "nobody"u8));
    }

    [Fact]
    public async Task A_slow_validator_holds_back_the_stream_and_loses_nothing()
    {
        var release = new TaskCompletionSource();
        int running = 0;
        await using PubsubNode sender = await PubsubNode.StartAsync();
        await using PubsubNode slow = await PubsubNode.StartAsync(PubsubNode.Fast with { MaxValidationsPerPeer = 10 }, async (_, _, cancellationToken) =>
        {
            Interlocked.Increment(ref running);
            await release.Task.WaitAsync(cancellationToken);
            return MessageValidity.Accept;
        });
        await sender.JoinAsync(slow);
        for (int i = 0; i < 500; i++)
        {
            sender.Publish($"{i}");
        }

        await TestHost.UntilAsync(() => Volatile.Read(ref running) == 10);
        Assert.Empty(slow.Received);
        release.SetResult();
        await TestHost.UntilAsync(() => slow.Received.Count == 500);
    }

    [Fact]
    public async Task A_validator_that_throws_blames_nobody()
    {
        await using PubsubNode sender = await PubsubNode.StartAsync();
        await using PubsubNode broken = await PubsubNode.StartAsync(validator: static (_, data, _) =>
            data.Span[0] == 'x' ? throw new InvalidOperationException("a fault of the validator") : ValueTask.FromResult(MessageValidity.Accept));
        await sender.JoinAsync(broken);
        sender.Publish("x");
        sender.Publish("good");
        await TestHost.UntilAsync(() => broken.Received.ContainsKey("good"));
        await TestHost.UntilAsync(() => broken.Host.Refusals["pubsub-validator-failed"] == 1);
        Assert.True(broken.Router.Score(sender.Id) >= 0);
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_not_published()
    {
        await using PubsubNode node = await PubsubNode.StartAsync();
        Assert.Throws<ArgumentException>(() => node.Joined.Publish(new byte[(1 << 20) + 1]));
        Assert.Throws<ArgumentException>(() => node.Router.Subscribe(new string('t', 257), (_, _, _) => default));
        Assert.Throws<ArgumentException>(() => node.Router.Subscribe("", (_, _, _) => default));
    }

    private static async Task<PubsubNode[]> StartAsync(int count, PubsubSettings? settings = null)
    {
        var nodes = new PubsubNode[count];
        for (int i = 0; i < count; i++)
        {
            nodes[i] = await PubsubNode.StartAsync(settings);
        }

        return nodes;
    }

    private sealed class Disposables(PubsubNode[] nodes) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (PubsubNode node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }
}
