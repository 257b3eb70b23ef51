using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks.Tests.Sync;

public class SourceStandingsTests
{
    private static readonly NodeIndex[] Members = [new(0), new(1), new(2)];
    private readonly SourceStandings _standings = new(3, demotion: 100);

    private NodeIndex? Take(params NodeIndex[] tried) => _standings.Take(_ => true, new SortedSet<NodeIndex>(tried), [], 0, out _);

    [Fact]
    public void The_likely_come_first_among_equals_then_silence_counts_and_a_lie_above_all()
    {
        Assert.Equal([Members[2], Members[0], Members[1]], _standings.Order(_ => true, [Members[2]], 0));
        Take();
        _standings.Return(Members[0], served: false);
        Assert.Equal([Members[1], Members[2], Members[0]], _standings.Order(_ => true, [], 0));
        Assert.True(_standings.Lied(Members[1], "range_Malformed", 0));
        Assert.False(_standings.Lied(Members[1], "range_Malformed", 50));
        Assert.Equal([Members[2], Members[0], Members[1]], _standings.Order(_ => true, [Members[1]], 149));
        Assert.Equal([Members[1], Members[2], Members[0]], _standings.Order(_ => true, [Members[1]], 150));
        Assert.Equal(2, _standings.Lies["range_Malformed"]);
        Assert.Equal([Members[2]], _standings.Order(member => member == Members[2], [Members[0]], 0));
    }

    [Fact]
    public void Two_requests_each_are_spread_and_no_more_are_given()
    {
        Assert.Equal([0, 1, 2, 0, 1, 2], Enumerable.Range(0, 6).Select(_ => (int)Take()!.Value.Value));
        Assert.Null(_standings.Take(_ => true, new SortedSet<NodeIndex>(), [], 0, out bool exhausted));
        Assert.False(exhausted);
        _standings.Return(Members[1], served: null);
        Assert.Equal(Members[1], Take());
        Assert.Null(_standings.Take(_ => true, new SortedSet<NodeIndex>(Members), [], 0, out exhausted));
        Assert.True(exhausted);
    }

    [Fact]
    public void A_liar_is_asked_only_when_no_other_is_left_to_ask()
    {
        _standings.Lied(Members[0], "range_NotLinked", 0);
        for (int i = 0; i < 4; i++)
        {
            Assert.NotEqual(Members[0], Take());
        }

        // The good ones are busy: wait for them.
        Assert.Null(Take());
        Assert.Equal(Members[0], Take(Members[1], Members[2]));
    }
}
