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
            cache.Put(harness.Own($"message {i:d4}"), TimeSpan.Zero);
        }

        Assert.InRange(cache.Count, 100, 10_000 / 30);
        Assert.True(cache.TryGetFor(TestPeers.Id(1), harness.Own("message 0999").Id, out _, out _));
        Assert.False(cache.TryGetFor(TestPeers.Id(1), harness.Own("message 0000").Id, out _, out _));
    }

    [Fact]
    public void One_advertiser_is_asked_for_an_id_and_the_next_one_when_it_does_not_answer()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(3);
        MessageId id = RouterHarness.RandomId(1);
        Assert.Equal([id], harness.IHave(peers[0], id).Asked);
        Assert.Empty(harness.IHave(peers[1], id).Asked);
        Assert.Empty(harness.IHave(peers[2], id).Asked);
        Assert.Equal(2, harness.Router.Counter(RouterCounter.IWantsDeferred));
        RouterOutput second = Assert.Single(harness.Heartbeats().Rpcs, static send => send.Rpc.IWantIds.Count > 0);
        Assert.Equal(peers[1], second.Peer);
        Assert.Equal([id], second.Rpc.IWantIds);
        Assert.Equal(peers[2], Assert.Single(harness.Heartbeats().Rpcs, static send => send.Rpc.IWantIds.Count > 0).Peer);
        // The first owed it; the others may have let it go before they were asked.
        harness.Heartbeats(3);
        Assert.Equal(1, harness.Router.Counter(RouterCounter.PromisesBroken));
        Assert.Equal(2, harness.Router.Counter(RouterCounter.IWantsRepeated));
    }

    [Fact]
    public void What_has_come_is_not_asked_for_again()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(3);
        RpcMessage message = harness.Message("a");
        harness.IHave(peers[0], message.Id);
        harness.IHave(peers[1], message.Id);
        harness.SendAndJudge(peers[2], "a");
        Assert.Empty(harness.Heartbeats(5).Asked);
        Assert.Equal(0, harness.Router.Counter(RouterCounter.PromisesBroken));
    }

    [Fact]
    public void Requests_that_are_awaited_have_a_cap_beyond_which_everyone_is_asked()
    {
        var requests = new GossipRequests(capacity: 10, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        for (int i = 0; i < 100; i++)
        {
            Assert.True(requests.Ask(RouterHarness.RandomId(i), TestPeers.Id(1), TimeSpan.Zero));
        }

        Assert.Equal(10, requests.Count);
        Assert.True(requests.Ask(RouterHarness.RandomId(99), TestPeers.Id(2), TimeSpan.Zero));
        Assert.False(requests.Ask(RouterHarness.RandomId(0), TestPeers.Id(2), TimeSpan.Zero));
        requests.Retry(TimeSpan.FromSeconds(5), (_, _) => Assert.Fail("too old to be asked for"));
        Assert.Equal(0, requests.Count);
    }

    [Fact]
    public void An_IWANT_is_cancelled_by_IDONTWANT_on_both_sides()
    {
        // v1.2, Cancelling IWANT: who was asked and was not the one that sent it is told.
        var harness = new RouterHarness(new PubsubSettings { Degree = 1, LowestDegree = 1, HighestDegree = 1, OutboundDegree = 0, ScoreDegree = 1 });
        PeerId asked = harness.Connect(1);
        harness.Step(new RouterInput.AppScoreChanged(asked, -1));
        PeerId sender = harness.Connect(2);
        harness.Heartbeats();
        Assert.Equal([sender], harness.Mesh);
        RpcMessage message = harness.Message("large", size: 2000);
        harness.IHave(asked, message.Id);
        Assert.Equal([asked], harness.Send(sender, message).ToldIDontWant);

        // And who said it is not served.
        PubsubMessage own = harness.Own("own");
        harness.Publish(own);
        harness.Receive(sender, rpc => rpc.IDontWantIds.Add(own.Id));
        Assert.Empty(harness.IWant(sender, own.Id).SentTo);
        Assert.Equal([asked], harness.IWant(asked, own.Id).SentTo);
    }

    [Fact]
    public void One_advertisement_goes_to_all_and_another_selection_to_each_only_when_there_are_too_many_ids()
    {
        foreach (int cap in new[] { 100, 10 })
        {
            var harness = new RouterHarness(new PubsubSettings { MaxIHaveLength = cap });
            harness.ConnectMany(20, outbound: true);
            harness.Heartbeats();
            for (int i = 0; i < 50; i++)
            {
                harness.Publish(harness.Own($"{i}"));
            }

            RouterOutput[] gossip = [.. harness.Heartbeats().Rpcs];
            Assert.Equal(6, gossip.Length);
            Assert.All(gossip, send => Assert.Equal(Math.Min(50, cap), send.Rpc.IHaveIds.Count));
            int selections = gossip.Select(send => string.Concat(send.Rpc.IHaveIds.Select(id => id.ToString()))).Distinct().Count();
            Assert.Equal(cap >= 50 ? 1 : 6, selections);
        }
    }
}
