using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>Gossipsub v1.1, PRUNE Backoff and Peer Exchange.</summary>
public class PeerExchangeTests
{
    private static readonly byte[] Record = [1, 2, 3];

    [Fact]
    public void Peers_named_by_a_peer_of_good_standing_are_connected_to()
    {
        var harness = new RouterHarness();
        PeerId pruner = harness.Connect(1);
        PeerId known = harness.Connect(2);
        PeerId stranger = TestPeers.Id(3);
        harness.Graft(pruner);
        harness.Step(new RouterInput.AppScoreChanged(pruner, 10));
        Outputs pruned = harness.Prune(
            pruner, null, new PeerExchangeInfo(stranger, Record), new PeerExchangeInfo(known, Record), new PeerExchangeInfo(RouterHarness.Self, Record));
        RouterOutput connect = Assert.Single(pruned.Items);
        Assert.Equal(RouterOutputKind.ConnectExchanged, connect.Kind);
        Assert.Equal(pruner, connect.Peer);
        Assert.Equal([stranger], connect.Exchanged.Select(info => info.Peer));
        Assert.Equal(Record, connect.Exchanged[0].SignedPeerRecord.ToArray());
    }

    [Fact]
    public void Peers_named_by_others_are_ignored()
    {
        var harness = new RouterHarness();
        PeerId pruner = harness.Connect(1);
        harness.Graft(pruner);
        harness.Step(new RouterInput.AppScoreChanged(pruner, 9.9));
        Assert.Empty(harness.Prune(pruner, null, new PeerExchangeInfo(TestPeers.Id(3), Record)).Items);
        Assert.Equal(1, harness.Router.Counter(RouterCounter.PeerExchangesRefused));
    }

    [Fact]
    public void Peers_of_negative_score_are_not_named_and_records_are_passed_on()
    {
        var harness = new RouterHarness();
        PeerId[] members = harness.ConnectMany(12);
        foreach (PeerId peer in members)
        {
            harness.Graft(peer);
            harness.Step(new RouterInput.PeerRecordKnown(peer, Record));
        }

        harness.Step(new RouterInput.AppScoreChanged(members[0], -1));
        PruneNotice prune = harness.Graft(harness.Connect(50)).SinglePrune;
        Assert.Equal(members[1..].Order(), prune.Peers.Select(info => info.Peer).Order());
        Assert.All(prune.Peers, info => Assert.Equal(Record, info.SignedPeerRecord.ToArray()));
    }

    [Fact]
    public void Peers_are_only_taken_in_place_of_a_mesh_link_and_not_without_end()
    {
        var harness = new RouterHarness();
        PeerId pruner = harness.Connect(1);
        harness.Step(new RouterInput.AppScoreChanged(pruner, 10));
        Assert.Empty(harness.Prune(pruner, TimeSpan.FromSeconds(1), new PeerExchangeInfo(TestPeers.Id(3), Record)).Items);

        string[] topics = [.. Enumerable.Range(0, 10).Select(static i => $"topic {i}")];
        foreach (string topic in topics)
        {
            harness.Step(new RouterInput.Subscribe(topic));
            harness.Receive(pruner, rpc => rpc.Subscriptions.Add(new SubscriptionChange(topic, Subscribe: true)));
            harness.Receive(pruner, rpc => rpc.Grafts.Add(topic));
        }

        Outputs pruned = harness.Receive(pruner, rpc => rpc.Prunes.AddRange(topics.Select(topic => new PruneNotice(topic, null, [new PeerExchangeInfo(TestPeers.Id(3), Record)]))));
        Assert.Equal(4, pruned.Of(RouterOutputKind.ConnectExchanged).Count());
        Assert.Equal(1 + 6, harness.Router.Counter(RouterCounter.PeerExchangesRefused));
    }
}
