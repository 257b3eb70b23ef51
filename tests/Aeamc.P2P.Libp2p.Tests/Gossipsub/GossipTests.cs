using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>IHAVE, IWANT and what guards them: gossipsub v1.0 (Gossip Emission), v1.1 (Adaptive Gossip Dissemination, Spam Protection Measures).</summary>
public class GossipTests
{
    [Fact]
    public void The_heartbeat_advertises_to_D_lazy_peers_outside_the_mesh()
    {
        var harness = new RouterHarness(new PubsubSettings { FloodPublish = false });
        harness.ConnectMany(20, outbound: true);
        harness.Heartbeats();
        PubsubMessage message = harness.Own("a");
        harness.Publish(message);
        Outputs heartbeat = harness.Heartbeats();
        Assert.Equal(6, heartbeat.GossipedTo.Count);
        Assert.Empty(heartbeat.GossipedTo.Intersect(harness.Mesh));
        Assert.All(heartbeat.Rpcs, send =>
        {
            Assert.Equal(SendPriority.Gossip, send.Priority);
            Assert.Equal([message.Id], send.Rpc.IHaveIds);
        });
    }

    [Fact]
    public void A_quarter_of_many_peers_gets_gossip()
    {
        var harness = new RouterHarness();
        harness.ConnectMany(106, outbound: true);
        harness.Heartbeats();
        harness.Publish(harness.Own("a"));
        Assert.Equal(25, harness.Heartbeats().GossipedTo.Count);
    }

    [Fact]
    public void A_message_is_advertised_for_three_heartbeats_and_served_for_five()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(20, outbound: true);
        harness.Heartbeats();
        PubsubMessage message = harness.Own("a");
        harness.Publish(message);
        for (int i = 0; i < 3; i++)
        {
            Assert.NotEmpty(harness.Heartbeats().GossipedTo);
        }

        Assert.Empty(harness.Heartbeats().GossipedTo);
        Assert.Equal([peers[0]], harness.IWant(peers[0], message.Id).SentTo);
        harness.Heartbeats();
        Assert.Empty(harness.IWant(peers[1], message.Id).SentTo);
    }

    [Fact]
    public void An_IHAVE_of_unseen_ids_is_answered_by_IWANT()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        RpcMessage seen = harness.Message("seen");
        harness.Send(peer, seen);
        MessageId unseen = RouterHarness.RandomId(1);
        Assert.Equal([unseen], harness.IHave(peer, seen.Id, unseen).Asked);
    }

    [Fact]
    public void An_IHAVE_for_a_topic_that_is_not_joined_is_ignored()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        Assert.Empty(harness.Receive(peer, static rpc => rpc.AddIHave("other", [RouterHarness.RandomId(1)])).Items);
    }

    [Fact]
    public void At_most_ten_IHAVEs_are_heeded_per_heartbeat()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        for (int i = 0; i < 10; i++)
        {
            Assert.Single(harness.IHave(peer, RouterHarness.RandomId(i)).Asked);
        }

        Assert.Empty(harness.IHave(peer, RouterHarness.RandomId(11)).Asked);
        Assert.Equal(1, harness.Router.Counter(RouterCounter.IHavesOverLimit));
        harness.Heartbeats();
        Assert.Single(harness.IHave(peer, RouterHarness.RandomId(12)).Asked);
    }

    [Fact]
    public void At_most_5000_ids_are_asked_of_one_peer_per_heartbeat()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        MessageId[] ids = [.. Enumerable.Range(0, 4000).Select(RouterHarness.RandomId)];
        MessageId[] more = [.. Enumerable.Range(4000, 4000).Select(RouterHarness.RandomId)];
        Assert.Equal(4000, harness.IHave(peer, ids).Asked.Count);
        Assert.Equal(1000, harness.IHave(peer, more).Asked.Count);
        Assert.Empty(harness.IHave(peer, RouterHarness.RandomId(9000)).Asked);
    }

    [Fact]
    public void Gossip_neither_goes_to_nor_is_taken_from_a_peer_below_the_threshold()
    {
        var harness = new RouterHarness(new PubsubSettings { FloodPublish = false });
        PeerId[] peers = harness.ConnectMany(9, outbound: true);
        harness.Heartbeats();
        PeerId low = peers.First(peer => !harness.Mesh.Contains(peer));
        harness.Step(new RouterInput.AppScoreChanged(low, -10.5));
        PubsubMessage message = harness.Own("a");
        harness.Publish(message);
        Outputs heartbeat = harness.Heartbeats();
        Assert.Equal(2, heartbeat.GossipedTo.Count);
        Assert.DoesNotContain(low, heartbeat.GossipedTo);
        Assert.Empty(harness.IHave(low, RouterHarness.RandomId(1)).Asked);
        Assert.Empty(harness.IWant(low, message.Id).SentTo);
        Assert.Equal(1, harness.Router.Counter(RouterCounter.IHavesLowScore));
    }

    [Fact]
    public void A_message_is_sent_three_times_to_one_that_keeps_asking()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        PeerId other = harness.Connect(2);
        PubsubMessage message = harness.Own("a");
        harness.Publish(message);
        Assert.Equal(3, harness.IWant(peer, message.Id, message.Id, message.Id, message.Id, message.Id).SentTo.Count);
        Assert.Equal(2, harness.Router.Counter(RouterCounter.IWantsOverLimit));
        Assert.Single(harness.IWant(other, message.Id).SentTo);
    }

    [Fact]
    public void Ids_served_per_heartbeat_have_a_cap()
    {
        var harness = new RouterHarness(new PubsubSettings { MaxIWantLength = 10 });
        PeerId peer = harness.Connect(1);
        PubsubMessage message = harness.Own("a");
        harness.Publish(message);
        harness.IWant(peer, [.. Enumerable.Range(0, 10).Select(RouterHarness.RandomId)]);
        Assert.Empty(harness.IWant(peer, message.Id).SentTo);
        harness.Heartbeats();
        Assert.Single(harness.IWant(peer, message.Id).SentTo);
    }

    [Fact]
    public void Who_advertises_and_does_not_send_is_penalised_after_the_follow_up_time()
    {
        var harness = new RouterHarness();
        PeerId liar = harness.Connect(1);
        PeerId honest = harness.Connect(2);
        RpcMessage kept = harness.Message("kept");
        harness.IHave(liar, RouterHarness.RandomId(1), RouterHarness.RandomId(2));
        harness.IHave(liar, RouterHarness.RandomId(3));
        harness.IHave(honest, kept.Id);
        harness.Send(liar, kept);
        harness.Heartbeats(2);
        Assert.Equal(0, harness.Router.Counter(RouterCounter.PromisesBroken));
        harness.Heartbeats();
        // One per IHAVE, however many ids it had; and a message that came from anyone is a promise kept.
        Assert.Equal(2, harness.Router.Counter(RouterCounter.PromisesBroken));
        Assert.True(harness.Router.Score(liar) < 0);
        Assert.True(harness.Router.Score(honest) >= 0);
    }

    [Fact]
    public void The_message_cache_has_a_bound_in_bytes()
    {
        var cache = new MessageCache(5, 3, maxBytes: 10_000);
        var harness = new RouterHarness();
        for (int i = 0; i < 1000; i++)
        {
            cache.Put(harness.Own($"message {i:d4}"));
        }

        Assert.InRange(cache.Count, 100, 10_000 / 30);
        Assert.True(cache.TryGetFor(TestPeers.Id(1), harness.Own("message 0999").Id, out _, out _));
        Assert.False(cache.TryGetFor(TestPeers.Id(1), harness.Own("message 0000").Id, out _, out _));
    }
}
