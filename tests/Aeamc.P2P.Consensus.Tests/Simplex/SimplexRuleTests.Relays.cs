using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Simplex;

/// <summary>Rule 13: who sends a certificate.</summary>
public sealed partial class SimplexRuleTests
{
    // Rule 13

    [Fact]
    public void Rule13_the_next_leader_alone_sends_a_notarization_and_nobody_a_finalization()
    {
        BlockRef block = World.Block(_world.Genesis, 1);
        for (ushort i = 0; i < 4; i++)
        {
            var self = new NodeIndex(i);
            CoreDriver node = CoreDriver.Started(_world, self, Fast);
            node.Votes(Notarize(block), 3);
            Assert.Equal(_world.LeaderOf(2) == self, node.Has<Effect.Broadcast>(b => b.Message is Certificate { Kind: VoteKind.Notarize }));
            node.Votes(Finalize(block), 3);
            Assert.True(node.Has<Effect.Finalized>());
            Assert.False(node.Has<Effect.Broadcast>(b => b.Message is Certificate));
        }
    }

    [Fact]
    public void Rule13_the_next_three_leaders_send_a_nullification()
    {
        var world = new World(7);
        for (ushort i = 0; i < 7; i++)
        {
            var self = new NodeIndex(i);
            var driver = CoreDriver.Started(world, self, Fast);
            driver.Votes(Statement.Nullify(world.Epoch, new View(1)), 5);
            bool relays = world.LeaderOf(2) == self || world.LeaderOf(3) == self || world.LeaderOf(4) == self;
            Assert.Equal(relays, driver.Has<Effect.Broadcast>(b => b.Message is Certificate { Kind: VoteKind.Nullify }));
        }
    }

    [Fact]
    public void Rule13_more_than_f_votes_in_the_next_view_make_it_ask_for_what_ended_this_one_once()
    {
        var world = new World(7);
        CoreDriver node = CoreDriver.Follower(world, 4, Fast);
        NodeIndex[] others = [.. Enumerable.Range(0, 7).Select(i => new NodeIndex((ushort)i)).Where(i => i != node.Self)];
        Statement ahead = Statement.Nullify(world.Epoch, new View(2));
        Assert.False(node.Vote(others[0], ahead).Has<Effect.SendTo>());
        Assert.False(node.Vote(others[1], ahead).Has<Effect.SendTo>());

        Effect.SendTo asked = node.Vote(others[2], ahead).The<Effect.SendTo>();
        Assert.Equal(world.Committee[others[2]], asked.Peer);
        Assert.Equal(new CertificatesRequest(world.Epoch, new View(1), new View(1)), asked.Message);
        Assert.False(node.Vote(others[3], ahead).Has<Effect.SendTo>());
    }

    [Fact]
    public void Rule13_one_member_with_two_kinds_of_votes_is_one_member()
    {
        var world = new World(7);
        CoreDriver node = CoreDriver.Follower(world, 4, Fast);
        NodeIndex[] others = [.. Enumerable.Range(0, 7).Select(i => new NodeIndex((ushort)i)).Where(i => i != node.Self)];
        Statement nullify = Statement.Nullify(world.Epoch, new View(2));
        node.Vote(others[0], nullify);
        node.Vote(others[0], Statement.Notarize(world.Epoch, World.Block(world.Genesis, 2)));
        Assert.False(node.Vote(others[1], nullify).Has<Effect.SendTo>());
    }

    [Fact]
    public void Rule13_what_was_received_is_not_sent_on()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(2), Fast);
        Assert.False(leader.Notarized(World.Block(_world.Genesis, 1)).Has<Effect.Broadcast>());
        Assert.False(leader.Nullified(1).Has<Effect.Broadcast>());
    }

    [Fact]
    public void Rule13_a_notarization_views_ahead_makes_it_ask_for_everything_above_its_finalized_block()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Notarized(World.Block(World.Block(_world.Genesis, 8), 9));

        Assert.Equal(new CertificatesRequest(_world.Epoch, new View(1), new View(9)), node.The<Effect.SendTo>().Message);
    }
}
