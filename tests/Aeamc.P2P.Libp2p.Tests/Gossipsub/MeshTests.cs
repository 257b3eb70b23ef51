using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>Mesh maintenance: gossipsub v1.0 (Topic Membership, Mesh Maintenance), v1.1 (PRUNE Backoff, Outbound Mesh Quotas, Heartbeat Maintenance).</summary>
public class MeshTests
{
    private static readonly string Topic = RouterHarness.Topic;

    [Fact]
    public void A_new_peer_is_told_all_subscriptions()
    {
        var harness = new RouterHarness();
        harness.Step(new RouterInput.Subscribe("second"));
        Outputs hello = harness.Step(new RouterInput.PeerConnected(TestPeers.Id(1), true, null, GossipsubVersion.V12));
        RouterOutput rpc = Assert.Single(hello.Rpcs);
        Assert.Equal([new SubscriptionChange(Topic, true), new SubscriptionChange("second", true)], rpc.Rpc.Subscriptions);
        Assert.Equal(SendPriority.Control, rpc.Priority);
    }

    [Fact]
    public void Joining_grafts_D_members_and_announces_to_everyone()
    {
        var harness = new RouterHarness(joined: false);
        PeerId[] peers = harness.ConnectMany(20);
        Outputs joined = harness.Step(new RouterInput.Subscribe(Topic));
        Assert.Equal(6, joined.Grafted.Count);
        Assert.Equal(joined.Grafted.Order(), harness.Mesh.Order());
        Assert.Equal(peers.Order(), joined.Rpcs.Where(send => send.Rpc.Subscriptions.Count == 1).Select(send => send.Peer).Order());
    }

    [Fact]
    public void Joining_takes_the_fanout_first()
    {
        var harness = new RouterHarness(new PubsubSettings { FloodPublish = false }, joined: false);
        harness.ConnectMany(30);
        harness.Publish(harness.Own("a"));
        IReadOnlyList<PeerId> fanout = harness.Router.Fanout(Topic);
        Assert.Equal(6, fanout.Count);
        harness.Step(new RouterInput.Subscribe(Topic));
        Assert.Equal(fanout.Order(), harness.Mesh.Order());
        Assert.Empty(harness.Router.Fanout(Topic));
    }

    [Fact]
    public void The_heartbeat_fills_a_mesh_below_D_lo_up_to_D()
    {
        var harness = new RouterHarness();
        harness.ConnectMany(4);
        harness.Heartbeats();
        Assert.Equal(4, harness.Mesh.Count);
        harness.ConnectMany(10, from: 100);
        Assert.Equal(2, harness.Heartbeats().Grafted.Count);
        Assert.Equal(6, harness.Mesh.Count);
    }

    [Fact]
    public void A_mesh_of_D_lo_is_left_alone()
    {
        var harness = new RouterHarness(new PubsubSettings { OutboundDegree = 0 });
        harness.ConnectMany(5);
        harness.Heartbeats();
        harness.ConnectMany(5, from: 100);
        Assert.Empty(harness.Heartbeats().Grafted);
        Assert.Equal(5, harness.Mesh.Count);
    }

    [Fact]
    public void The_heartbeat_prunes_a_mesh_above_D_hi_down_to_D()
    {
        var harness = new RouterHarness();
        foreach (PeerId peer in harness.ConnectMany(13, outbound: true))
        {
            harness.Graft(peer);
        }

        Assert.Equal(13, harness.Mesh.Count);
        Outputs heartbeat = harness.Heartbeats();
        Assert.Equal(7, heartbeat.Pruned.Count);
        Assert.Equal(6, harness.Mesh.Count);
        PruneNotice prune = heartbeat.Rpcs.First(send => send.Rpc.Prunes.Count > 0).Rpc.Prunes.Single();
        Assert.Equal(TimeSpan.FromMinutes(1), prune.Backoff);
        Assert.Equal(12, prune.Peers.Count);
    }

    [Fact]
    public void Pruning_keeps_the_best_scores_and_enough_outbound_peers()
    {
        var harness = new RouterHarness();
        PeerId[] inbound = harness.ConnectMany(10);
        PeerId[] outbound = harness.ConnectMany(3, outbound: true, from: 100);
        foreach (PeerId peer in inbound.Concat(outbound))
        {
            harness.Graft(peer);
        }

        PeerId[] best = inbound[..4];
        foreach (PeerId peer in best)
        {
            harness.Step(new RouterInput.AppScoreChanged(peer, 50));
        }

        Assert.Equal(13, harness.Mesh.Count);
        harness.Heartbeats();
        Assert.Equal(6, harness.Mesh.Count);
        Assert.Subset(harness.Mesh.ToHashSet(), best.ToHashSet());
        Assert.Equal(2, harness.Mesh.Count(outbound.Contains));
    }

    [Fact]
    public void Outbound_peers_replace_better_scores_when_the_quota_asks_for_it()
    {
        var harness = new RouterHarness(new PubsubSettings { ScoreDegree = 6 });
        PeerId[] inbound = harness.ConnectMany(11);
        PeerId[] outbound = harness.ConnectMany(2, outbound: true, from: 100);
        foreach (PeerId peer in inbound.Concat(outbound))
        {
            harness.Graft(peer);
            harness.Step(new RouterInput.AppScoreChanged(peer, inbound.Contains(peer) ? 50 : 0));
        }

        harness.Heartbeats();
        Assert.Equal(6, harness.Mesh.Count);
        Assert.Subset(harness.Mesh.ToHashSet(), outbound.ToHashSet());
    }

    [Fact]
    public void A_mesh_without_outbound_peers_grafts_D_out_of_them()
    {
        var harness = new RouterHarness();
        harness.ConnectMany(8);
        harness.Heartbeats();
        Assert.Equal(6, harness.Mesh.Count);
        PeerId[] outbound = harness.ConnectMany(5, outbound: true, from: 100);
        Outputs heartbeat = harness.Heartbeats();
        Assert.Equal(2, heartbeat.Grafted.Count);
        Assert.Subset(outbound.ToHashSet(), heartbeat.Grafted.ToHashSet());
    }

    [Fact]
    public void A_full_mesh_takes_a_GRAFT_from_outbound_peers_only()
    {
        var harness = new RouterHarness();
        foreach (PeerId peer in harness.ConnectMany(12))
        {
            harness.Graft(peer);
        }

        PeerId inbound = harness.Connect(50);
        Outputs refused = harness.Graft(inbound);
        Assert.Equal([inbound], refused.Pruned);
        Assert.NotEmpty(refused.SinglePrune.Peers);
        Assert.Equal(1, harness.Router.Counter(RouterCounter.GraftsMeshFull));

        PeerId outbound = harness.Connect(51, outbound: true);
        Assert.Empty(harness.Graft(outbound).Items);
        Assert.Contains(outbound, harness.Mesh);
        Assert.Equal(13, harness.Mesh.Count);
    }

    [Fact]
    public void A_GRAFT_for_an_unknown_topic_is_not_answered()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        Assert.Empty(harness.Receive(peer, static rpc => rpc.Grafts.Add("unknown")).Items);
        PeerId unsubscribed = harness.Connect(2, subscribe: false);
        Assert.Empty(harness.Graft(unsubscribed).Items);
        Assert.Empty(harness.Mesh);
        Assert.Equal(2, harness.Router.Counter(RouterCounter.GraftsUnknownTopic));
    }

    [Fact]
    public void A_PRUNE_removes_the_peer_and_is_not_followed_by_a_GRAFT_before_backoff_and_slack()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        harness.Heartbeats();
        Assert.Equal([peer], harness.Mesh);
        harness.Prune(peer, TimeSpan.FromSeconds(20));
        Assert.Empty(harness.Mesh);
        Assert.Empty(harness.Heartbeats(20).Grafted);
        Assert.Equal([peer], harness.Heartbeats().Grafted);
    }

    [Fact]
    public void A_PRUNE_without_a_backoff_means_the_usual_minute()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        harness.Prune(peer);
        Assert.Empty(harness.Heartbeats(60).Grafted);
        Assert.Equal([peer], harness.Heartbeats().Grafted);
    }

    [Fact]
    public void A_huge_backoff_is_capped()
    {
        var harness = new RouterHarness(new PubsubSettings { MaxBackoff = TimeSpan.FromSeconds(90) });
        PeerId peer = harness.Connect(1);
        harness.Prune(peer, TimeSpan.FromDays(10_000));
        Assert.Empty(harness.Heartbeats(90).Grafted);
        Assert.Equal([peer], harness.Heartbeats().Grafted);
    }

    [Fact]
    public void The_backoff_outlives_the_connection_and_holds_when_joining()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        harness.Prune(peer, TimeSpan.FromSeconds(30));
        harness.Step(new RouterInput.PeerDisconnected(peer));
        harness.Step(new RouterInput.Unsubscribe(Topic));
        harness.Connect(1);
        Assert.Empty(harness.Step(new RouterInput.Subscribe(Topic)).Grafted);
        Assert.Empty(harness.Heartbeats(30).Grafted);
        Assert.Equal([peer], harness.Heartbeats().Grafted);
    }

    [Fact]
    public void A_GRAFT_in_backoff_is_pruned_penalised_and_extends_the_backoff()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        harness.Graft(peer);
        harness.Prune(peer);
        harness.Advance(TimeSpan.FromSeconds(30));
        Outputs refused = harness.Graft(peer);
        Assert.Equal([peer], refused.Pruned);
        Assert.Empty(refused.SinglePrune.Peers);
        Assert.Equal(1, harness.Router.Counter(RouterCounter.GraftsInBackoff));
        Assert.Empty(harness.Mesh);
        // One slip is within the threshold of P7; the next one costs.
        Assert.True(harness.Router.Score(peer) >= 0);
        harness.Graft(peer);
        Assert.True(harness.Router.Score(peer) < 0);
        // From the last refusal on the full minute runs again.
        Assert.Empty(harness.Heartbeats(60).Grafted);
    }

    [Fact]
    public void A_GRAFT_right_after_the_PRUNE_counts_twice()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        harness.Graft(peer);
        harness.Prune(peer);
        harness.Advance(TimeSpan.FromSeconds(1));
        harness.Graft(peer);
        // Counter 2, threshold 1: -10 * (2 - 1)^2.
        Assert.Equal(-10, harness.Router.Score(peer), 6);
    }

    [Fact]
    public void Peers_of_negative_score_are_pruned_not_grafted_and_told_of_nobody()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(13, outbound: true);
        PeerId bad = peers[0];
        foreach (PeerId peer in peers)
        {
            harness.Graft(peer);
        }

        harness.Step(new RouterInput.AppScoreChanged(bad, -1));
        Outputs heartbeat = harness.Heartbeats();
        Assert.Equal([bad], heartbeat.Pruned);
        Assert.Empty(heartbeat.SinglePrune.Peers);
        harness.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal([bad], harness.Graft(bad).Pruned);
        Assert.Equal(1, harness.Router.Counter(RouterCounter.GraftsNegativeScore));
        Assert.DoesNotContain(bad, harness.Mesh);
    }

    [Fact]
    public void Leaving_prunes_the_mesh_with_the_short_backoff_and_tells_everyone()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(8);
        harness.Heartbeats();
        Outputs left = harness.Step(new RouterInput.Unsubscribe(Topic));
        Assert.Equal(6, left.Pruned.Count);
        Assert.All(left.Rpcs.SelectMany(send => send.Rpc.Prunes), prune => Assert.Equal(TimeSpan.FromSeconds(10), prune.Backoff));
        Assert.Equal(peers.Length, left.Rpcs.Count(send => send.Rpc.Subscriptions is [{ Subscribe: false }]));
        Assert.Empty(harness.Mesh);
        harness.Step(new RouterInput.Subscribe(Topic));
        Assert.Equal(2, harness.Mesh.Count);
        harness.Heartbeats(11);
        Assert.Equal(6, harness.Mesh.Count);
    }

    [Fact]
    public void A_peer_that_unsubscribes_or_leaves_is_out_of_the_mesh()
    {
        var harness = new RouterHarness();
        PeerId first = harness.Connect(1);
        PeerId second = harness.Connect(2);
        harness.Heartbeats();
        harness.Receive(first, static rpc => rpc.Subscriptions.Add(new SubscriptionChange(RouterHarness.Topic, Subscribe: false)));
        Assert.Equal([second], harness.Mesh);
        harness.Step(new RouterInput.PeerDisconnected(second));
        Assert.Empty(harness.Mesh);
        Assert.Empty(harness.Router.TopicPeers(Topic));
    }

    [Fact]
    public void A_peer_that_opens_its_stream_anew_starts_without_topics_and_gets_the_hello_again()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        harness.Heartbeats();
        Assert.Single(harness.Step(new RouterInput.PeerReopened(peer, Inbound: false)).Rpcs);
        Assert.Equal([peer], harness.Mesh);
        Outputs reopened = harness.Step(new RouterInput.PeerReopened(peer, Inbound: true));
        Assert.Equal([new SubscriptionChange(Topic, true)], Assert.Single(reopened.Rpcs).Rpc.Subscriptions);
        Assert.Empty(harness.Mesh);
        Assert.Empty(harness.Router.TopicPeers(Topic));
    }

    [Fact]
    public void Opportunistic_grafting_brings_better_peers_into_a_poor_mesh()
    {
        var harness = new RouterHarness();
        harness.ConnectMany(6, outbound: true);
        harness.Heartbeats(58);
        PeerId[] better = harness.ConnectMany(5, from: 100);
        foreach (PeerId peer in better)
        {
            harness.Step(new RouterInput.AppScoreChanged(peer, 20));
        }

        Assert.Empty(harness.Heartbeats().Grafted);
        Outputs heartbeat = harness.Heartbeats();
        Assert.Equal(2, heartbeat.Grafted.Count);
        Assert.Subset(better.ToHashSet(), heartbeat.Grafted.ToHashSet());
    }

    [Fact]
    public void A_good_mesh_is_not_grafted_into()
    {
        var harness = new RouterHarness();
        foreach (PeerId peer in harness.ConnectMany(6, outbound: true))
        {
            harness.Step(new RouterInput.AppScoreChanged(peer, 10));
        }

        harness.Heartbeats(59);
        foreach (PeerId peer in harness.ConnectMany(5, from: 100))
        {
            harness.Step(new RouterInput.AppScoreChanged(peer, 100));
        }

        Assert.Empty(harness.Heartbeats().Grafted);
    }

    [Fact]
    public void Subscriptions_per_peer_have_a_cap()
    {
        var harness = new RouterHarness(new PubsubSettings { MaxSubscriptionsPerPeer = 10 });
        PeerId peer = harness.Connect(1);
        for (int round = 0; round < 3; round++)
        {
            harness.Receive(peer, rpc => rpc.Subscriptions.AddRange(Enumerable.Range(0, 1000).Select(i => new SubscriptionChange($"flood/{i}", true))));
        }

        Assert.Equal(3 * 991, harness.Router.Counter(RouterCounter.SubscriptionsOverLimit));
        Assert.Equal([peer], harness.Router.TopicPeers("flood/8"));
        Assert.Empty(harness.Router.TopicPeers("flood/9"));
        Assert.True(harness.Router.Score(peer) < 0);
    }

    [Fact]
    public void Backoffs_of_peers_that_are_gone_make_room_and_those_of_connected_peers_are_kept()
    {
        PeerId[] connected = [.. Enumerable.Range(0, 30).Select(TestPeers.Id)];
        var table = new BackoffTable(20, connected.Contains);
        foreach (PeerId peer in connected)
        {
            table.Extend(peer, TimeSpan.FromSeconds(1));
        }

        for (int i = 1000; i < 3000; i++)
        {
            table.Extend(TestPeers.Id(i), TimeSpan.FromSeconds(i));
        }

        Assert.InRange(table.Count, 30, 36);
        Assert.All(connected, peer => Assert.True(table.TryGet(peer, out _)));
        table.Extend(connected[0], TimeSpan.Zero);
        Assert.True(table.TryGet(connected[0], out TimeSpan until));
        Assert.Equal(TimeSpan.FromSeconds(1), until);
    }

    [Fact]
    public void A_PRUNE_by_a_peer_outside_the_topic_is_not_remembered()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1, subscribe: false);
        harness.Prune(peer, TimeSpan.FromHours(1));
        Assert.Equal(1, harness.Router.Counter(RouterCounter.PrunesUnknownTopic));
        harness.Receive(peer, static rpc => rpc.Subscriptions.Add(new SubscriptionChange(RouterHarness.Topic, Subscribe: true)));
        Assert.Equal([peer], harness.Heartbeats().Grafted);
    }

    [Fact]
    public void A_quiet_topic_is_left_alone_by_opportunistic_grafting()
    {
        // Nobody publishes: the mesh scores next to nothing, and so does everyone else.
        var harness = new RouterHarness();
        harness.ConnectMany(6, outbound: true);
        harness.Heartbeats();
        harness.ConnectMany(10, from: 100);
        Assert.Empty(harness.Heartbeats(600).Grafted);
        Assert.All(harness.Mesh, peer => Assert.InRange(harness.Router.Score(peer), 0.1, harness.Settings.Score.OpportunisticGraftThreshold / 4));
    }
}
