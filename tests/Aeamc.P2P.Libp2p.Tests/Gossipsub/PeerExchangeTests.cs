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
        harness.Step(new RouterInput.AppScoreChanged(pruner, 10));
        Outputs pruned = harness.Prune(
            pruner, null, new PeerExchangeInfo(stranger, Record), new PeerExchangeInfo(known, Record), new PeerExchangeInfo(RouterHarness.Self, Record));
        var connect = Assert.IsType<RouterOutput.ConnectExchanged>(Assert.Single(pruned.Items));
        Assert.Equal(pruner, connect.Source);
        Assert.Equal([stranger], connect.Peers.Select(info => info.Peer));
        Assert.Equal(Record, connect.Peers[0].SignedPeerRecord.ToArray());
    }

    [Fact]
    public void Peers_named_by_others_are_ignored()
    {
        var harness = new RouterHarness();
        PeerId pruner = harness.Connect(1);
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
}
