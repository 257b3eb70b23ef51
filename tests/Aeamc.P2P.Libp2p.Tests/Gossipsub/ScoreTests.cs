using System.Net;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>Gossipsub v1.1, The Score Function and Topic Parameter Calculation and Decay: one term at a time.</summary>
public class ScoreTests
{
    private static readonly TopicScoreParameters Nothing = new()
    {
        TopicWeight = 1,
        TimeInMeshWeight = 0,
        FirstMessageDeliveriesWeight = 0,
        InvalidMessageDeliveriesWeight = 0,
    };

    private static RouterHarness Harness(TopicScoreParameters topic, Func<PeerScoreParameters, PeerScoreParameters>? change = null)
    {
        var score = new PeerScoreParameters { DefaultTopic = topic, TopicScoreCap = 0, GraylistThreshold = -1e9, GossipThreshold = -1e8, PublishThreshold = -1e8 };
        return new RouterHarness(new PubsubSettings { Score = change?.Invoke(score) ?? score });
    }

    [Fact]
    public void P1_counts_quanta_in_the_mesh_up_to_the_cap()
    {
        RouterHarness harness = Harness(Nothing with { TimeInMeshWeight = 0.5, TimeInMeshQuantum = TimeSpan.FromSeconds(2), TimeInMeshCap = 10 });
        PeerId peer = harness.Connect(1);
        harness.Heartbeats();
        harness.Heartbeats(8);
        Assert.Equal(0.5 * 4, harness.Router.Score(peer), 6);
        harness.Heartbeats(100);
        Assert.Equal(0.5 * 10, harness.Router.Score(peer), 6);
        harness.Prune(peer);
        Assert.Equal(0, harness.Router.Score(peer));
    }

    [Fact]
    public void P2_counts_first_deliveries_of_valid_messages_up_to_the_cap_and_decays()
    {
        RouterHarness harness = Harness(Nothing with { FirstMessageDeliveriesWeight = 2, FirstMessageDeliveriesCap = 5, FirstMessageDeliveriesDecay = 0.5 });
        PeerId peer = harness.Connect(1);
        PeerId late = harness.Connect(2);
        for (int i = 0; i < 3; i++)
        {
            harness.SendAndJudge(peer, $"{i}");
            harness.Send(late, harness.Message($"{i}"));
        }

        harness.SendAndJudge(peer, "ignored", MessageValidity.Ignore);
        Assert.Equal(6, harness.Router.Score(peer), 6);
        Assert.Equal(0, harness.Router.Score(late));
        for (int i = 10; i < 20; i++)
        {
            harness.SendAndJudge(peer, $"{i}");
        }

        Assert.Equal(10, harness.Router.Score(peer), 6);
        harness.Heartbeats(2);
        Assert.Equal(5, harness.Router.Score(peer), 6);
        harness.Heartbeats(20);
        Assert.Equal(0, harness.Router.Score(peer));
    }

    private static readonly TopicScoreParameters MeshDeliveries = Nothing with
    {
        MeshMessageDeliveriesWeight = -1,
        MeshMessageDeliveriesThreshold = 4,
        MeshMessageDeliveriesCap = 100,
        MeshMessageDeliveriesDecay = 0.999999,
        MeshMessageDeliveriesActivation = TimeSpan.FromSeconds(5),
        MeshMessageDeliveriesWindow = TimeSpan.FromMilliseconds(10),
    };

    [Fact]
    public void P3_squares_the_deficit_of_a_mesh_peer_after_the_activation_time()
    {
        RouterHarness harness = Harness(MeshDeliveries);
        PeerId peer = harness.Connect(1);
        PeerId unpopular = harness.Connect(2);
        // Something in its favour, so that it is not pruned at once, which would end P3.
        harness.Step(new RouterInput.AppScoreChanged(peer, 100));
        harness.Heartbeats(2);
        harness.SendAndJudge(peer, "a");
        harness.Heartbeats(4);
        Assert.Equal(100, harness.Router.Score(peer));
        Outputs heartbeat = harness.Heartbeats();
        Assert.Equal(100 - 9, harness.Router.Score(peer), 4);
        Assert.Equal([unpopular], heartbeat.Pruned);
        Assert.Equal([peer], harness.Mesh);
    }

    [Fact]
    public void P3_credits_near_first_duplicates_of_mesh_peers_once()
    {
        RouterHarness harness = Harness(MeshDeliveries);
        PeerId[] peers = harness.ConnectMany(5);
        (PeerId first, PeerId during, PeerId near, PeerId late) = (peers[0], peers[1], peers[2], peers[3]);
        harness.Heartbeats();
        for (int i = 0; i < 4; i++)
        {
            RpcMessage message = harness.Message($"{i}");
            harness.Send(first, message);
            harness.Send(during, message);
            harness.Step(new RouterInput.Validated(message.Id, MessageValidity.Accept));
            harness.Advance(TimeSpan.FromMilliseconds(10));
            harness.Send(near, message);
            harness.Send(near, message);
            harness.Advance(TimeSpan.FromMilliseconds(1));
            harness.Send(late, message);
        }

        foreach (PeerId peer in peers)
        {
            harness.Step(new RouterInput.AppScoreChanged(peer, 100));
        }

        harness.Heartbeats(6);
        Assert.Equal([100, 100, 100, 84, 84], peers.Select(peer => Math.Round(harness.Router.Score(peer), 2)));
    }

    [Fact]
    public void P3b_keeps_the_deficit_at_the_prune_and_decays()
    {
        RouterHarness harness = Harness(MeshDeliveries with { MeshMessageDeliveriesWeight = 0, MeshFailurePenaltyWeight = -1, MeshFailurePenaltyDecay = 0.5 });
        PeerId peer = harness.Connect(1);
        harness.Heartbeats(10);
        Assert.Equal(0, harness.Router.Score(peer));
        harness.Prune(peer);
        Assert.Equal(-16, harness.Router.Score(peer), 4);
        harness.Heartbeats();
        Assert.Equal(-8, harness.Router.Score(peer), 4);
    }

    [Fact]
    public void P4_squares_the_invalid_messages_and_decays()
    {
        RouterHarness harness = Harness(Nothing with { TopicWeight = 0.5, InvalidMessageDeliveriesWeight = -3, InvalidMessageDeliveriesDecay = 0.5 });
        PeerId peer = harness.Connect(1);
        for (int i = 0; i < 4; i++)
        {
            harness.SendAndJudge(peer, $"{i}", MessageValidity.Reject);
        }

        Assert.Equal(0.5 * -3 * 16, harness.Router.Score(peer), 6);
        harness.Heartbeats();
        harness.Heartbeats();
        Assert.Equal(0.5 * -3 * 4, harness.Router.Score(peer), 6);
    }

    [Fact]
    public void P5_is_the_applications_score_by_its_weight()
    {
        RouterHarness harness = Harness(Nothing, score => score with { AppSpecificWeight = 3 });
        PeerId peer = harness.Connect(1);
        harness.Step(new RouterInput.AppScoreChanged(peer, -7));
        Assert.Equal(-21, harness.Router.Score(peer), 6);
    }

    [Fact]
    public void P6_squares_the_surplus_of_peers_at_one_address()
    {
        RouterHarness harness = Harness(Nothing, score => score with { IPColocationFactorThreshold = 3, IPColocationFactorWeight = -5 });
        var address = IPAddress.Parse("198.51.100.7");
        PeerId[] peers = [.. Enumerable.Range(1, 5).Select(number => harness.Connect(number, address: address))];
        PeerId elsewhere = harness.Connect(50, address: IPAddress.Parse("198.51.100.8"));
        Assert.All(peers, peer => Assert.Equal(-20, harness.Router.Score(peer), 6));
        Assert.Equal(0, harness.Router.Score(elsewhere));
        harness.Step(new RouterInput.PeerDisconnected(peers[0]));
        Assert.Equal(-5, harness.Router.Score(peers[1]), 6);
    }

    [Fact]
    public void P6_counts_an_IPv6_prefix_and_passes_over_the_whitelist()
    {
        RouterHarness harness = Harness(Nothing, score => score with
        {
            IPColocationFactorThreshold = 1,
            IPColocationWhitelist = [IPNetwork.Parse("127.0.0.0/8")],
        });
        PeerId first = harness.Connect(1, address: IPAddress.Parse("2001:db8::1"));
        PeerId second = harness.Connect(2, address: IPAddress.Parse("2001:db8::ffff:2"));
        PeerId[] local = [.. Enumerable.Range(10, 5).Select(number => harness.Connect(number, address: IPAddress.Parse("::ffff:127.0.0.1")))];
        Assert.Equal(-5, harness.Router.Score(first), 6);
        Assert.Equal(-5, harness.Router.Score(second), 6);
        Assert.All(local, peer => Assert.Equal(0, harness.Router.Score(peer)));
    }

    [Fact]
    public void P7_squares_what_exceeds_the_threshold_and_decays()
    {
        RouterHarness harness = Harness(Nothing, score => score with { BehaviourPenaltyWeight = -2, BehaviourPenaltyThreshold = 1, BehaviourPenaltyDecay = 0.5 });
        PeerId peer = harness.Connect(1);
        harness.Heartbeats();
        harness.Step(new RouterInput.ProtocolViolated(peer));
        Assert.Equal(0, harness.Router.Score(peer));
        for (int i = 0; i < 4; i++)
        {
            harness.Step(new RouterInput.ProtocolViolated(peer));
        }

        Assert.Equal(-2 * 16, harness.Router.Score(peer), 6);
        harness.Heartbeats();
        Assert.Equal(-2 * 1.5 * 1.5, harness.Router.Score(peer), 6);
    }

    [Fact]
    public void The_topic_sum_has_a_cap_only_upwards()
    {
        RouterHarness harness = Harness(
            Nothing with { FirstMessageDeliveriesWeight = 10, InvalidMessageDeliveriesWeight = -10 }, score => score with { TopicScoreCap = 15 });
        PeerId good = harness.Connect(1);
        PeerId bad = harness.Connect(2);
        for (int i = 0; i < 3; i++)
        {
            harness.SendAndJudge(good, $"good {i}");
            harness.SendAndJudge(bad, $"bad {i}", MessageValidity.Reject);
        }

        Assert.Equal(15, harness.Router.Score(good), 6);
        Assert.Equal(-90, harness.Router.Score(bad), 6);
    }

    [Fact]
    public void A_topic_without_parameters_does_not_count()
    {
        var parameters = new PeerScoreParameters { DefaultTopic = null };
        var harness = new RouterHarness(new PubsubSettings { Score = parameters });
        PeerId peer = harness.Connect(1);
        harness.SendAndJudge(peer, "a", MessageValidity.Reject);
        Assert.Equal(0, harness.Router.Score(peer));
    }

    [Fact]
    public void A_bad_score_is_remembered_over_a_reconnection_and_a_good_one_is_not()
    {
        RouterHarness harness = Harness(Nothing with { FirstMessageDeliveriesWeight = 1, InvalidMessageDeliveriesWeight = -1 });
        PeerId bad = harness.Connect(1);
        PeerId good = harness.Connect(2);
        harness.SendAndJudge(bad, "bad", MessageValidity.Reject);
        harness.SendAndJudge(good, "good");
        harness.Step(new RouterInput.PeerDisconnected(bad));
        harness.Step(new RouterInput.PeerDisconnected(good));
        harness.Heartbeats(3000);
        harness.Connect(1);
        harness.Connect(2);
        Assert.Equal(-1, harness.Router.Score(bad), 6);
        Assert.Equal(0, harness.Router.Score(good));
    }

    [Fact]
    public void A_remembered_score_expires_and_their_number_has_a_cap()
    {
        RouterHarness harness = Harness(Nothing with { InvalidMessageDeliveriesWeight = -1 }, score => score with { MaxRetainedScores = 2 });
        for (int number = 1; number <= 3; number++)
        {
            PeerId peer = harness.Connect(number);
            harness.SendAndJudge(peer, $"{number}", MessageValidity.Reject);
            harness.Step(new RouterInput.PeerDisconnected(peer));
            harness.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, -1, -1], Enumerable.Range(1, 3).Select(number => harness.Router.Score(TestPeers.Id(number))));
        harness.Heartbeats(3601);
        Assert.All(Enumerable.Range(1, 3), number => Assert.Equal(0, harness.Router.Score(TestPeers.Id(number))));
    }

    [Fact]
    public void Settings_that_the_specification_rules_out_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new PubsubSettings { OutboundDegree = 4 }.Validate());
        Assert.Throws<ArgumentException>(() => new PubsubSettings { LowestDegree = 7 }.Validate());
        Assert.Throws<ArgumentException>(() => new PubsubSettings { Score = new PeerScoreParameters { GraylistThreshold = -20 } }.Validate());
        Assert.Throws<ArgumentException>(() => new PubsubSettings { Score = new PeerScoreParameters { GossipThreshold = 1 } }.Validate());
        new PubsubSettings().Validate();
    }

    [Fact]
    public void The_applications_score_is_kept_whether_the_peer_is_there_or_not()
    {
        RouterHarness harness = Harness(Nothing);
        PeerId bootstrapper = TestPeers.Id(1);
        harness.Step(new RouterInput.AppScoreChanged(bootstrapper, 100));
        Assert.Equal(0, harness.Router.Score(bootstrapper));
        harness.Connect(1);
        Assert.Equal(100, harness.Router.Score(bootstrapper));
        harness.Step(new RouterInput.PeerDisconnected(bootstrapper));
        harness.Connect(1);
        Assert.Equal(100, harness.Router.Score(bootstrapper));
        harness.Step(new RouterInput.AppScoreChanged(bootstrapper, 0));
        Assert.Equal(0, harness.Router.Score(bootstrapper));
    }

    [Fact]
    public void P1_counts_whole_quanta()
    {
        RouterHarness harness = Harness(Nothing with { TimeInMeshWeight = 1, TimeInMeshQuantum = TimeSpan.FromSeconds(5), TimeInMeshCap = 10 });
        PeerId peer = harness.Connect(1);
        harness.Heartbeats(1 + 9);
        Assert.Equal(1, harness.Router.Score(peer));
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Parameters_for_a_rate_reward_a_fair_share_and_punish_only_who_withholds_in_a_topic_busy_enough_to_tell(double rate)
    {
        TopicScoreParameters parameters = TopicScoreParameters.ForRate(rate);
        bool counts = parameters.MeshMessageDeliveriesWeight != 0;
        Assert.Equal(rate >= 10, counts);
        var fair = new TopicScore(parameters);
        var silent = new TopicScore(parameters);
        fair.Graft(TimeSpan.Zero);
        silent.Graft(TimeSpan.Zero);
        double owed = 0;
        for (int second = 1; second <= 300; second++)
        {
            // A sixth of the messages, first; near-first ones would come on top.
            for (owed += rate / 6; owed >= 1; owed--)
            {
                fair.FirstDelivery();
            }

            fair.Decay(TimeSpan.FromSeconds(second), 1, 0.01);
            silent.Decay(TimeSpan.FromSeconds(second), 1, 0.01);
        }

        Assert.InRange(fair.Value, 0, 10.5);
        Assert.True(!counts || fair.Value > 4);
        Assert.True(counts ? silent.Value < -10 : silent.Value >= 0);
    }
}
