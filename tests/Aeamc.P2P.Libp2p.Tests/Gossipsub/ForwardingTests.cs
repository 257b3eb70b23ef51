using Aeamc.P2P.Gossipsub.Simulation.Measurements;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>Copies saved: forwards that are held for a moment or taken from a queue because the peer has the message (v1.2).</summary>
public class ForwardingTests
{
    private static readonly TimeSpan Hold = new PubsubSettings().ForwardHold;

    /// <summary>A harness with a source and a peer that has shown to get most messages by itself.</summary>
    private static (RouterHarness Harness, PeerId Source, PeerId Peer) Redundant(PubsubSettings? settings = null)
    {
        var harness = new RouterHarness(settings);
        PeerId[] peers = harness.ConnectMany(2, outbound: true);
        harness.Heartbeats();
        for (int i = 0; i < 20; i++)
        {
            RpcMessage message = harness.Message($"both have it {i}");
            harness.Send(peers[0], message);
            harness.Send(peers[1], message);
            harness.Step(new RouterInput.Validated(message.Id, MessageValidity.Accept));
        }

        // What is announced together is out of the way.
        harness.Advance(Hold);
        harness.Step(RouterInput.Wake.Instance);
        return (harness, peers[0], peers[1]);
    }

    [Fact]
    public void A_forward_to_a_peer_that_needs_it_goes_at_once()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(2, outbound: true);
        harness.Heartbeats();
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal([peers[1]], harness.SendAndJudge(peers[0], $"{i}").SentTo);
        }

        Assert.Null(harness.Router.NextWake);
    }

    [Fact]
    public void A_forward_to_a_peer_that_probably_has_it_waits_and_is_sent_if_the_peer_says_nothing()
    {
        (RouterHarness harness, PeerId source, PeerId peer) = Redundant();
        Assert.Empty(harness.SendAndJudge(source, "only here").SentTo);
        // First the announcement is due, then the message.
        Assert.Equal(Hold / 2, harness.Router.NextWake - harness.Now);
        harness.Advance(Hold / 2);
        Assert.Empty(harness.Step(RouterInput.Wake.Instance).SentTo);
        Assert.InRange(Assert.NotNull(harness.Router.NextWake) - harness.Now, Hold * 0.25, Hold * 0.75);
        harness.Advance(Hold * 0.75);
        Assert.Equal([peer], harness.Step(RouterInput.Wake.Instance).SentTo);
        Assert.Null(harness.Router.NextWake);
        // It needed it: soon nothing is held for it any more.
        int held = 0;
        for (int i = 0; i < 20; i++)
        {
            held += harness.SendAndJudge(source, $"only here {i}").SentTo.Count == 0 ? 1 : 0;
            harness.Advance(Hold * 2);
            harness.Step(RouterInput.Wake.Instance);
        }

        Assert.InRange(held, 1, 8);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_held_forward_is_saved_by_IDONTWANT_or_by_the_message_itself(bool idontwant)
    {
        (RouterHarness harness, PeerId source, PeerId peer) = Redundant();
        RpcMessage message = harness.Message("a");
        harness.SendAndJudge(source, "a");
        if (idontwant)
        {
            harness.Receive(peer, rpc => rpc.IDontWantIds.Add(message.Id));
        }
        else
        {
            harness.Send(peer, message);
        }

        Assert.Equal(1, harness.Router.Counter(RouterCounter.ForwardsSaved));
        harness.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(harness.Heartbeats().SentTo);
    }

    [Fact]
    public void Nobody_is_woken_for_a_held_forward_that_is_saved()
    {
        (RouterHarness harness, PeerId source, PeerId peer) = Redundant();
        harness.SendAndJudge(source, "a");
        harness.SendAndJudge(source, "b");
        harness.Advance(Hold / 2);
        harness.Step(RouterInput.Wake.Instance);
        Assert.NotNull(harness.Router.NextWake);
        harness.Receive(peer, rpc => rpc.IDontWantIds.AddRange([harness.Message("a").Id, harness.Message("b").Id]));
        harness.Step(RouterInput.Wake.Instance);
        Assert.Null(harness.Router.NextWake);
    }

    [Fact]
    public void What_is_announced_goes_out_with_what_is_published()
    {
        (RouterHarness harness, PeerId source, PeerId peer) = Redundant();
        harness.SendAndJudge(source, "a");
        Outputs outcome = harness.Publish(harness.Own("b"));
        Assert.Equal(harness.Message("a").Id, Assert.Single(Assert.Single(outcome.Rpcs, told => told.Peer == peer).Rpc.IDontWantIds));
        Assert.Contains(peer, outcome.SentTo);
    }

    [Fact]
    public void A_copy_that_may_wait_in_the_peers_queue_is_cancelled()
    {
        var harness = new RouterHarness();
        PeerId[] peers = harness.ConnectMany(2, outbound: true);
        harness.Heartbeats();
        Assert.Equal([peers[1]], harness.SendAndJudge(peers[0], "a").SentTo);
        Assert.Equal([peers[1]], harness.Send(peers[1], harness.Message("a")).CancelledFor);
        Assert.Equal([peers[1]], harness.SendAndJudge(peers[0], "b").SentTo);
        Assert.Equal([peers[1]], harness.Receive(peers[1], rpc => rpc.IDontWantIds.Add(harness.Message("b").Id)).CancelledFor);
    }

    [Fact]
    public void Nothing_is_held_where_deliveries_are_counted_or_where_it_is_off()
    {
        var counted = new TopicScoreParameters { MeshMessageDeliveriesWeight = -0.001 };
        foreach (PubsubSettings settings in new[]
        {
            new PubsubSettings { ForwardHold = TimeSpan.Zero },
            new PubsubSettings { Score = new PeerScoreParameters { DefaultTopic = counted } },
        })
        {
            (RouterHarness harness, PeerId source, PeerId peer) = Redundant(settings);
            Assert.Equal([peer], harness.SendAndJudge(source, "a").SentTo);
        }
    }

    [Fact]
    public void A_forward_held_for_a_peer_that_left_the_mesh_is_dropped()
    {
        (RouterHarness harness, PeerId source, PeerId peer) = Redundant();
        harness.SendAndJudge(source, "a");
        harness.Prune(peer);
        harness.Advance(Hold * 2);
        Assert.Empty(harness.Step(RouterInput.Wake.Instance).SentTo);
    }

    [Fact]
    public void Forwards_held_have_a_cap()
    {
        var held = new HeldForwards(capacity: 10);
        var harness = new RouterHarness();
        var peer = new RouterPeer(new RouterInput.PeerConnected(TestPeers.Id(1), true, null, GossipsubVersion.V12), false, new PeerScore(), 10);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(i < 10, held.TryHold(peer, harness.Own($"{i}"), TimeSpan.FromSeconds(1)));
        }
    }

    [Theory]
    [InlineData(4, 4096)]
    [InlineData(7, 4096)]
    public void In_a_full_mesh_a_large_message_is_received_once_and_seldom_twice(int nodes, int bytes)
    {
        // What was seen before: every node forwards what every other node has from the publisher.
        double before = DuplicateMeasurement.CopiesPerDelivery(1, nodes, bytes, TimeSpan.Zero);
        double now = DuplicateMeasurement.CopiesPerDelivery(1, nodes, bytes, Hold);
        Assert.True(before > 1.5, $"{before} copies at once");
        Assert.InRange(now, 1, 1.1);
    }

    [Fact]
    public void A_small_message_is_received_once_as_well()
    {
        double before = DuplicateMeasurement.CopiesPerDelivery(1, 4, 256, TimeSpan.Zero);
        double now = DuplicateMeasurement.CopiesPerDelivery(1, 4, 256, Hold);
        Assert.True(before > 1.5, $"{before} copies at once");
        Assert.InRange(now, 1, 1.1);
    }

    [Fact]
    public void Small_messages_are_announced_together_and_only_to_peers_that_probably_have_them()
    {
        (RouterHarness harness, PeerId source, PeerId peer) = Redundant();
        for (int i = 0; i < 3; i++)
        {
            Assert.Empty(harness.SendAndJudge(source, $"small {i}").ToldIDontWant);
        }

        harness.Advance(Hold / 2);
        RouterOutput told = Assert.Single(harness.Step(RouterInput.Wake.Instance).Rpcs);
        Assert.Equal(peer, told.Peer);
        Assert.Equal(3, told.Rpc.IDontWantIds.Count);
        // Ten at most: then at once.
        int sent = 0;
        for (int i = 0; i < 25; i++)
        {
            sent += harness.Send(source, harness.Message($"many {i}")).ToldIDontWant.Count;
        }

        Assert.Equal(2, sent);
    }
}
