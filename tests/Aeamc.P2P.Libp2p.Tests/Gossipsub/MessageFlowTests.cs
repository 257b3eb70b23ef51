using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>Publishing, validating, forwarding: gossipsub v1.0 (Message Processing), v1.1 (Flood Publishing, Extended Validators), v1.2 (IDONTWANT).</summary>
public class MessageFlowTests
{
    [Fact]
    public void An_own_message_floods_to_all_subscribers_above_the_publish_threshold()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(20);
        PeerId bad = harness.Connect(50);
        harness.Connect(51, subscribe: false);
        harness.Step(new RouterInput.AppScoreChanged(bad, -51));
        Outputs published = harness.Publish(harness.Own("a"));
        Assert.Equal(peers.Order(), published.SentTo.Order());
        Assert.All(published.Items, output =>
        {
            Assert.Equal(RouterOutputKind.SendMessage, output.Kind);
            Assert.Equal(SendPriority.Control, output.Priority);
        });
    }

    [Fact]
    public void Without_flood_publish_an_own_message_goes_to_the_mesh()
    {
        var harness = new RouterHarness(new PubsubSettings { FloodPublish = false });
        harness.ConnectMany(20, outbound: true);
        harness.Heartbeats();
        Assert.Equal(harness.Mesh.Order(), harness.Publish(harness.Own("a")).SentTo.Order());
    }

    [Fact]
    public void A_topic_not_joined_is_published_to_a_fanout_that_expires()
    {
        var harness = new RouterHarness(new PubsubSettings { FloodPublish = false }, joined: false);
        harness.ConnectMany(20);
        IReadOnlyList<PeerId> first = harness.Publish(harness.Own("a")).SentTo;
        Assert.Equal(6, first.Count);
        Assert.Equal(first.Order(), harness.Publish(harness.Own("b")).SentTo.Order());
        harness.Step(new RouterInput.PeerDisconnected(first[0]));
        harness.Heartbeats();
        Assert.Equal(6, harness.Router.Fanout(RouterHarness.Topic).Count);
        harness.Heartbeats(60);
        Assert.Empty(harness.Router.Fanout(RouterHarness.Topic));
    }

    [Fact]
    public void The_same_message_is_published_once()
    {
        var harness = new RouterHarness();
        harness.Connect(1);
        Assert.Single(harness.Publish(harness.Own("a")).SentTo);
        Assert.Empty(harness.Publish(harness.Own("a")).SentTo);
    }

    [Fact]
    public void An_accepted_message_is_delivered_and_forwarded_to_the_mesh_but_not_back()
    {
        var harness = new RouterHarness();
        harness.ConnectMany(6, outbound: true);
        harness.Heartbeats();
        PeerId source = harness.Mesh[0];
        PeerId alsoSent = harness.Mesh[1];
        RpcMessage message = harness.Message("a");
        Assert.Equal([message.Id], harness.Send(source, message).ToValidate.Select(validated => validated.Id));
        Assert.Empty(harness.Send(alsoSent, message).Items);
        Outputs accepted = harness.Step(new RouterInput.Validated(message.Id, MessageValidity.Accept));
        Assert.Equal(harness.Mesh.Skip(2).Order(), accepted.SentTo.Order());
        Assert.Equal("a"u8.ToArray(), Assert.Single(accepted.Delivered).Data.ToArray());
    }

    [Fact]
    public void Nothing_is_forwarded_or_advertised_before_the_verdict()
    {
        var harness = new RouterHarness();
        harness.ConnectMany(20, outbound: true);
        harness.Heartbeats();
        harness.Send(harness.Mesh[0], harness.Message("a"));
        Outputs heartbeats = harness.Heartbeats(3);
        Assert.Empty(heartbeats.SentTo);
        Assert.Empty(heartbeats.GossipedTo);
    }

    [Theory]
    [InlineData(MessageValidity.Ignore)]
    [InlineData(MessageValidity.Reject)]
    public void A_message_that_is_not_accepted_goes_nowhere(MessageValidity validity)
    {
        var harness = new RouterHarness();
        harness.ConnectMany(6, outbound: true);
        harness.Heartbeats();
        Assert.Empty(harness.SendAndJudge(harness.Mesh[0], "a", validity).Items);
        Assert.Empty(harness.IWant(harness.Mesh[1], harness.Message("a").Id).Items);
    }

    [Fact]
    public void A_duplicate_is_not_validated_again_within_the_seen_time()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(2);
        harness.SendAndJudge(peers[0], "a");
        harness.Heartbeats(119);
        Assert.Empty(harness.Send(peers[1], harness.Message("a")).ToValidate);
        Assert.Equal(1, harness.Router.Counter(RouterCounter.MessagesDuplicate));
        harness.Heartbeats(240);
        Assert.Single(harness.Send(peers[1], harness.Message("a")).ToValidate);
    }

    [Fact]
    public void Ids_remembered_have_a_cap_and_the_newest_half_is_sure()
    {
        var seen = new SeenCache(TimeSpan.FromMinutes(2), capacity: 100);
        for (int i = 0; i < 1000; i++)
        {
            seen.Set(RouterHarness.RandomId(i), SeenState.Accepted);
        }

        Assert.InRange(seen.Count, 50, 100);
        Assert.All(Enumerable.Range(950, 50), i => Assert.True(seen.Contains(RouterHarness.RandomId(i))));
        Assert.False(seen.Contains(RouterHarness.RandomId(0)));
    }

    [Fact]
    public void Everyone_who_sent_a_rejected_message_is_penalised_also_afterwards()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(4);
        RpcMessage message = harness.Message("bad");
        harness.Send(peers[0], message);
        harness.Send(peers[1], message);
        harness.Step(new RouterInput.Validated(message.Id, MessageValidity.Reject));
        harness.Send(peers[2], message);
        Assert.Equal([-10, -10, -10, 0], peers.Select(peer => harness.Router.Score(peer)));
    }

    [Fact]
    public void Ignored_and_duplicate_messages_cost_nothing()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(2);
        harness.SendAndJudge(peers[0], "stale", MessageValidity.Ignore);
        harness.Send(peers[1], harness.Message("stale"));
        Assert.All(peers, peer => Assert.Equal(0, harness.Router.Score(peer)));
    }

    [Fact]
    public void A_message_of_a_topic_not_joined_is_dropped_without_blame()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        Assert.Empty(harness.Send(peer, harness.Message("a", topic: "other")).Items);
        Assert.Equal(1, harness.Router.Counter(RouterCounter.MessagesUnknownTopic));
        Assert.Equal(0, harness.Router.Score(peer));
    }

    [Fact]
    public void A_message_with_a_fault_counts_as_invalid()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        Assert.Empty(harness.Send(peer, harness.Message("a") with { Fault = MessageFault.BadSignature }).Items);
        Assert.Equal(-10, harness.Router.Score(peer), 6);
        Assert.Equal(1, harness.Router.Counter(MessageFault.BadSignature));
    }

    [Fact]
    public void A_graylisted_peer_is_not_heard()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        for (int i = 0; i < 3; i++)
        {
            harness.SendAndJudge(peer, $"bad {i}", MessageValidity.Reject);
        }

        Assert.Equal(-90, harness.Router.Score(peer), 6);
        Assert.Empty(harness.Send(peer, harness.Message("good")).Items);
        Assert.Equal(1, harness.Router.Counter(RouterCounter.RpcsGraylisted));
        // The counter decays by 2 % a second: 3 * 0.98^n falls below sqrt(8) after three seconds.
        harness.Heartbeats(4);
        Assert.Single(harness.Send(peer, harness.Message("good")).ToValidate);
    }

    [Fact]
    public void IDONTWANT_goes_to_the_mesh_before_validation_for_large_messages_only()
    {
        var harness = new RouterHarness();
        harness.ConnectMany(5, outbound: true);
        PeerId old = harness.Connect(50, outbound: true, version: GossipsubVersion.V11);
        harness.Heartbeats();
        PeerId source = harness.Mesh.First(peer => peer != old);
        PeerId[] expected = [.. harness.Mesh.Where(peer => peer != source && peer != old).Order()];

        Outputs large = harness.Send(source, harness.Message("large", size: 1024));
        Assert.Equal(expected, large.ToldIDontWant.Order());
        Assert.Empty(harness.Send(source, harness.Message("small", size: 1023)).ToldIDontWant);
        // First seen only.
        Assert.Empty(harness.Send(harness.Mesh[1], harness.Message("large", size: 1024)).ToldIDontWant);
    }

    [Fact]
    public void A_peer_that_said_IDONTWANT_is_not_sent_the_message_for_some_heartbeats()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(3, outbound: true);
        harness.Heartbeats();
        MessageId id = harness.Message("a").Id;
        harness.Receive(peers[1], rpc => rpc.IDontWantIds.Add(id));
        Assert.Equal([peers[2]], harness.SendAndJudge(peers[0], "a").SentTo);

        PubsubMessage own = harness.Own("b");
        harness.Receive(peers[1], rpc => rpc.IDontWantIds.Add(own.Id));
        harness.Heartbeats(6);
        Assert.Equal(3, harness.Publish(own).SentTo.Count);
    }

    [Fact]
    public void IDONTWANT_ids_have_a_cap_per_heartbeat()
    {
        var harness = new RouterHarness(new PubsubSettings { MaxIDontWantIds = 10 });
        PeerId peer = harness.Connect(1);
        PubsubMessage message = harness.Own("a");
        harness.Receive(peer, static rpc => rpc.IDontWantIds.AddRange(Enumerable.Range(0, 10).Select(RouterHarness.RandomId)));
        harness.Receive(peer, rpc => rpc.IDontWantIds.Add(message.Id));
        Assert.Equal(1, harness.Router.Counter(RouterCounter.IDontWantsOverLimit));
        Assert.Equal([peer], harness.Publish(message).SentTo);
    }

    [Fact]
    public void What_a_message_costs_does_not_depend_on_idle_peers()
    {
        static int Outputs(int idle, bool subscribed)
        {
            var harness = new RouterHarness();
            harness.ConnectMany(6, outbound: true);
            harness.Heartbeats();
            for (int i = 0; i < idle; i++)
            {
                harness.Connect(1000 + i, subscribe: subscribed);
            }

            Assert.Equal(6, harness.Mesh.Count);
            RpcMessage message = harness.Message("a", size: 2000);
            return harness.Send(harness.Mesh[0], message).Items.Count
                + harness.Step(new RouterInput.Validated(message.Id, MessageValidity.Accept)).Items.Count;
        }

        int alone = Outputs(0, subscribed: false);
        Assert.Equal(alone, Outputs(2000, subscribed: false));
        Assert.Equal(alone, Outputs(2000, subscribed: true));
    }

    [Fact]
    public void An_own_message_goes_to_a_limited_number_of_subscribers_the_mesh_among_them()
    {
        var harness = new RouterHarness(new PubsubSettings { MaxFloodPeers = 20 });
        PeerId[] peers = harness.ConnectMany(200, outbound: true);
        harness.Heartbeats();
        IReadOnlyList<PeerId> first = harness.Publish(harness.Own("a")).SentTo;
        IReadOnlyList<PeerId> second = harness.Publish(harness.Own("b")).SentTo;
        Assert.All(new[] { first, second }, sent =>
        {
            Assert.Equal(20, sent.Distinct().Count());
            Assert.Equal(20, sent.Count);
            Assert.Subset(sent.ToHashSet(), harness.Mesh.ToHashSet());
            Assert.Subset(peers.ToHashSet(), sent.ToHashSet());
        });
        Assert.NotEqual(first.Order(), second.Order());
    }

    [Fact]
    public void A_message_kept_beyond_its_time_says_so_instead_of_giving_other_bytes()
    {
        var harness = new RouterHarness();
        PeerId peer = harness.Connect(1);
        PubsubMessage delivered = Assert.Single(harness.SendAndJudge(peer, "lent").Delivered);
        Assert.Equal("lent"u8.ToArray(), delivered.Data.ToArray());
        // The cache lends it as long as it serves it.
        harness.Heartbeats(4);
        Assert.Equal("lent"u8.ToArray(), delivered.Data.ToArray());
        harness.Heartbeats(2);
        Assert.Throws<ObjectDisposedException>(() => delivered.Data);
    }
}
