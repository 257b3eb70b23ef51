using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Committees;

public class CommitteeTests
{
    [Fact]
    public void For_every_size_two_quorums_share_an_honest_member_and_the_honest_alone_make_a_quorum()
    {
        IReadOnlyList<NodeId> members = new World(128).Committee.Members;
        for (int n = 1; n <= members.Count; n++)
        {
            var committee = new Committee([.. members.Take(n)]);
            int f = committee.MaximumFaulty, q = committee.Quorum;
            Assert.Equal(n - ((n - 1) / 3), q);
            Assert.True((2 * q) - n >= f + 1);
            Assert.True(n - f >= q);
        }
    }

    [Fact]
    public void Refuses_an_empty_one_and_a_key_twice()
    {
        NodeId id = new World(1).Committee[new NodeIndex(0)];
        Assert.Throws<ArgumentException>(() => new Committee([]));
        Assert.Throws<ArgumentException>(() => new Committee([id, id]));
    }

    [Fact]
    public void Everyone_leads_once_in_n_views_in_an_order_that_the_seed_decides()
    {
        var world = new World(7);
        var one = new LeaderSchedule(world.Committee, Hash256.Of("one"u8));
        ushort[] order = [.. Enumerable.Range(1, 7).Select(v => one.LeaderOf(new View((ulong)v)).Value)];
        Assert.Equal(Enumerable.Range(0, 7), order.Order().Select(i => (int)i));
        Assert.Equal(order[0], one.LeaderOf(new View(8)).Value);

        // Frozen: a changed order would make nodes of two builds disagree on every leader.
        Assert.Equal("3 6 4 0 5 1 2", string.Join(' ', order));
        Assert.NotEqual(order, Enumerable.Range(1, 7).Select(v => world.LeaderOf((ulong)v).Value));
    }
}
