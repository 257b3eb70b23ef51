using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks.Tests.Sync;

public class RangePlanTests
{
    private static readonly RangePlanOptions Options = new() { MaximumPieces = 3, PieceBlocks = 4, HedgeAfter = 100, RetryInterval = 20, KeptInterval = 1_000 };
    private readonly ScriptedSources _sources = new(4);
    private readonly RangePlan _plan = new(Options, new Height(1));

    private static IReadOnlyList<SyncedBlock> Blocks(ulong from, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SyncedBlock(BlockContent.Create(Header(from + (ulong)i), BlockPayload.Empty), [], [], null))];

    private static MicroblockHeader Header(ulong height) => new()
    {
        ClusterId = 0,
        Timestamp = new Timestamp(height),
        PayloadHash = BlockPayload.Empty.Hash,
        PreviousHash = Hash256.Zero,
        ReceiptCount = 0,
        Height = new Height(height),
        View = new View(height),
        Epoch = Epoch.Zero,
        Proposer = new NodeIndex(0),
        EntriesRoot = Hash256.Zero,
        StateRoot = Hash256.Zero,
        ChainRoot = Hash256.Zero,
        Beacon = BeaconProof.None,
        ParametersHash = Hash256.Zero,
    };

    private static RangeAnswer Good(RangeAsk ask) => new(SyncStatus.Answered, Blocks(ask.From.Value, ask.Count), null);

    private static RangeAnswer Lie => new(SyncStatus.Answered, null, RangeFault.NotLinked);

    private static RangeAnswer Silence => new(SyncStatus.Failed, null, null);

    private IReadOnlyList<RangeAsk> Next(long now = 0) => _plan.Next(_sources, [], now);

    /// <summary>Commits all that is here; the heights.</summary>
    private List<ulong> Commit()
    {
        var heights = new List<ulong>();
        while (_plan.Deliver() is { } blocks)
        {
            heights.AddRange(blocks.Select(block => block.Content.Header.Height.Value));
            _plan.Delivered(new Height(heights[^1]));
        }

        return heights;
    }

    [Fact]
    public void Pieces_go_to_different_sources_and_are_committed_in_order_whatever_comes_first()
    {
        _plan.Aim(new Height(10));
        IReadOnlyList<RangeAsk> asks = Next();
        Assert.Equal([(1UL, 4), (5UL, 4), (9UL, 2)], asks.Select(ask => (ask.From.Value, ask.Count)));
        Assert.Equal(3, asks.Select(ask => ask.Source).Distinct().Count());
        foreach (RangeAsk ask in asks.Reverse())
        {
            Assert.Empty(Commit());
            _plan.Take(ask, Good(ask), _sources);
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(i => (ulong)i), Commit());
        Assert.True(_plan.IsDone);
        Assert.Equal(0, _sources.Out);
    }

    [Fact]
    public void No_more_pieces_are_held_than_allowed_however_far_the_end_is()
    {
        _plan.Aim(new Height(1_000_000));
        IReadOnlyList<RangeAsk> asks = Next();
        Assert.Equal(3, asks.Count);
        _plan.Take(asks[1], Good(asks[1]), _sources);
        _plan.Take(asks[2], Good(asks[2]), _sources);
        Assert.Empty(Next());
        _plan.Take(asks[0], Good(asks[0]), _sources);
        Assert.Equal(12, Commit().Count);
        Assert.Equal([13UL, 17UL, 21UL], Next().Select(ask => ask.From.Value));
    }

    [Fact]
    public void A_liar_and_a_silent_source_are_replaced_and_named_and_the_good_pieces_stay()
    {
        _plan.Aim(new Height(8));
        IReadOnlyList<RangeAsk> asks = Next();
        _plan.Take(asks[1], Good(asks[1]), _sources);
        _plan.Take(asks[0], Lie, _sources);
        Assert.Equal([$"{asks[0].Source}: range_NotLinked"], _sources.Lies);
        RangeAsk second = Assert.Single(Next());
        Assert.NotEqual(asks[0].Source, second.Source);
        _plan.Take(second, Silence, _sources);
        RangeAsk third = Assert.Single(Next());
        Assert.DoesNotContain(third.Source, new[] { asks[0].Source, second.Source });
        _plan.Take(third, Good(third), _sources);
        Assert.Equal(8, Commit().Count);
    }

    [Fact]
    public void A_slow_source_of_the_first_piece_gets_a_second_one_beside_it_and_neither_answer_unmakes_the_other()
    {
        _plan.Aim(new Height(8));
        IReadOnlyList<RangeAsk> asks = Next();
        Assert.Empty(Next(99));
        RangeAsk hedge = Assert.Single(Next(100));
        Assert.Equal(new Height(1), hedge.From);
        _plan.Take(hedge, Good(hedge), _sources);
        _plan.Take(asks[0], Lie, _sources);
        _plan.Take(asks[0], Good(asks[0]), _sources);
        Assert.Equal([1UL, 2, 3, 4], Commit());
        Assert.Single(_sources.Lies);
    }

    [Fact]
    public void Whoever_is_still_asked_at_the_end_is_given_back()
    {
        // Leaked, a source would count as busy for good, and the last ones would take the whole node with them.
        _plan.Aim(new Height(4));
        RangeAsk slow = Assert.Single(Next());
        RangeAsk hedge = Assert.Single(Next(100));
        _plan.Take(hedge, Good(hedge), _sources);
        Commit();
        Assert.True(_plan.IsDone);
        Assert.Equal(1, _sources.Out);
        _plan.End(_sources);
        Assert.Equal(0, _sources.Out);
        _plan.Take(slow, Good(slow), _sources);
        Assert.Equal(0, _sources.Out);
    }

    [Fact]
    public void A_short_answer_leaves_the_rest_as_a_piece_of_its_own()
    {
        _plan.Aim(new Height(4));
        RangeAsk ask = Assert.Single(Next());
        _plan.Take(ask, new RangeAnswer(SyncStatus.Answered, Blocks(1, 3), null), _sources);
        RangeAsk rest = Assert.Single(Next());
        Assert.Equal((4UL, 1), (rest.From.Value, rest.Count));
        _plan.Take(rest, Good(rest), _sources);
        Assert.Equal([1UL, 2, 3, 4], Commit());
    }

    [Fact]
    public void When_nobody_has_a_piece_all_are_asked_again_after_a_pause_and_what_they_keep_is_asked_once()
    {
        _plan.Aim(new Height(1));
        for (int i = 0; i < 4; i++)
        {
            _plan.Take(Assert.Single(Next()), new RangeAnswer(SyncStatus.Answered, null, null), _sources);
        }

        Assert.Empty(Next(5));
        Assert.Equal(1, _plan.Failures);
        Assert.True(_plan.WantsToKnowWhatIsKept(5, out Height next));
        Assert.Equal(new Height(1), next);
        Assert.Empty(Next(24));
        Assert.Single(Next(25));
        Assert.False(_plan.WantsToKnowWhatIsKept(25, out _));
    }

    [Fact]
    public void When_the_chain_stands_below_what_was_delivered_it_begins_again_there()
    {
        _plan.Aim(new Height(8));
        foreach (RangeAsk ask in Next())
        {
            _plan.Take(ask, Good(ask), _sources);
        }

        Assert.NotNull(_plan.Deliver());
        _plan.Delivered(new Height(2));
        Assert.Equal(3UL, Next()[0].From.Value);
    }
}
