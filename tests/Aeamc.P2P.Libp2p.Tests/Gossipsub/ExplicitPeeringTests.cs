using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>Gossipsub v1.1, Explicit Peering Agreements.</summary>
public class ExplicitPeeringTests
{
    private static readonly PeerId Direct = TestPeers.Id(1);

    private static RouterHarness Harness() => new(new PubsubSettings { DirectPeers = new Dictionary<PeerId, Multiaddress> { [Direct] = Multiaddress.Parse("/ip4/127.0.0.1/tcp/1") } });

    [Fact]
    public void An_absent_direct_peer_is_called_at_the_first_heartbeat_and_every_300()
    {
        RouterHarness harness = Harness();
        Assert.Equal(Direct, Assert.Single(harness.Heartbeats().Of(RouterOutputKind.ConnectDirect)).Peer);
        Assert.Empty(harness.Heartbeats(299).Of(RouterOutputKind.ConnectDirect));
        Assert.Single(harness.Heartbeats().Of(RouterOutputKind.ConnectDirect));
    }

    [Fact]
    public void A_direct_peer_is_outside_the_mesh_and_gets_every_message()
    {
        RouterHarness harness = Harness();
        harness.Connect(1);
        PeerId sender = harness.Connect(2);
        harness.Heartbeats();
        Assert.Equal([sender], harness.Mesh);
        Assert.Equal([Direct], harness.SendAndJudge(sender, "a").SentTo);
        Assert.Equal(new[] { Direct, sender }.Order(), harness.Publish(harness.Own("b")).SentTo.Order());
    }

    [Fact]
    public void A_GRAFT_by_a_direct_peer_is_pruned()
    {
        RouterHarness harness = Harness();
        harness.Connect(1);
        Assert.Equal([Direct], harness.Graft(Direct).Pruned);
        Assert.Equal(1, harness.Router.Counter(RouterCounter.GraftsFromDirectPeer));
    }

    [Fact]
    public void A_direct_peer_is_heard_whatever_its_score()
    {
        RouterHarness harness = Harness();
        harness.Connect(1);
        harness.Step(new RouterInput.AppScoreChanged(Direct, -10_000));
        Assert.Single(harness.SendAndJudge(Direct, "a").Delivered);
    }
}
