using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Evidence;

public class HeardVotesTests
{
    private static readonly BlockRef Genesis = BlockRef.Genesis(Hash256.Of("genesis"u8));
    private readonly HeardVotes _heard = new(4);

    private static BlockRef Block(ulong view, string name = "block") => Genesis.Child(Hash256.Of(System.Text.Encoding.UTF8.GetBytes(name + view)), new View(view));

    private static Vote Vote(ushort voter, Statement statement) => new(statement, new NodeIndex(voter), default);

    [Fact]
    public void The_earlier_of_two_votes_that_exclude_each_other_is_given_back()
    {
        Vote finalize = Vote(1, Statement.Finalize(Epoch.Zero, Block(3)));
        Assert.Null(_heard.Note(finalize, new View(4)));
        Assert.Null(_heard.Note(Vote(1, Statement.Notarize(Epoch.Zero, Block(3))), new View(4)));
        Assert.Same(finalize, _heard.Note(Vote(1, Statement.Nullify(Epoch.Zero, new View(3))), new View(4)));
    }

    [Fact]
    public void Repeats_other_members_and_other_views_exclude_nothing()
    {
        Vote[] votes =
        [
            Vote(1, Statement.Notarize(Epoch.Zero, Block(3))), Vote(1, Statement.Notarize(Epoch.Zero, Block(3))), Vote(2, Statement.Notarize(Epoch.Zero, Block(3, "other"))),
            Vote(1, Statement.Notarize(Epoch.Zero, Block(4, "other"))), Vote(1, Statement.Nullify(Epoch.Zero, new View(3))), Vote(9, Statement.Notarize(Epoch.Zero, Block(3, "other"))),
        ];

        Assert.All(votes, vote => Assert.Null(_heard.Note(vote, new View(4))));
    }

    [Fact]
    public void Views_far_from_the_node_s_own_are_not_remembered()
    {
        foreach (ulong view in (ulong[])[100 - HeardVotes.Views, 102])
        {
            Assert.Null(_heard.Note(Vote(1, Statement.Notarize(Epoch.Zero, Block(view))), new View(100)));
            Assert.Null(_heard.Note(Vote(1, Statement.Notarize(Epoch.Zero, Block(view, "other"))), new View(100)));
        }

        Assert.Null(_heard.Note(Vote(1, Statement.Notarize(Epoch.Zero, Block(100))), new View(100)));
        Assert.NotNull(_heard.Note(Vote(1, Statement.Notarize(Epoch.Zero, Block(100, "other"))), new View(100)));
    }
}
