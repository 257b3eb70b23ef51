using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Safety;

/// <summary>What a start makes of a log and of the signer's file, of which either may be behind the other.</summary>
public sealed class SignerMemoryTests
{
    private static readonly Epoch Epoch = new(1);
    private static readonly BlockRef Genesis = BlockRef.Genesis(Hash256.Of("genesis"u8));
    private static readonly BlockRef Block = Genesis.Child(Hash256.Of("block"u8), new View(2));
    private static readonly Statement First = Statement.Nullify(Epoch, new View(1));
    private static readonly Statement Second = Statement.Notarize(Epoch, Block);
    private static readonly Statement Third = Statement.Finalize(Epoch, Block);

    private static Watermark Mark(Statement vote) => Watermark.After(null, vote);

    private static WalRecord[] Log(params Statement[] votes) => [.. votes.Select(vote => new WalRecord.Voted(vote))];

    [Fact]
    public void Votes_that_a_crash_kept_from_the_log_are_remembered_behind_it()
    {
        RecoveredState recovered = RecoveredState.Replay(Epoch, Genesis, Log(First), new SignerMemory(Mark(Third), Mark(First), [Second, Third]));

        Assert.True(recovered.IsWhole);
        Assert.Equal(View.Zero, recovered.Forgotten);
        Assert.Equal([Second, Third], recovered.Unlogged);
        Assert.Equal(Log(First, Second, Third), recovered.Records);
        Assert.Equal(Third, recovered.LastVote);
        Assert.Equal([Second, First, Third], recovered.NewestVotes);
        Assert.Equal(Mark(Third), recovered.Watermark);
        Assert.Equal(VoteDecision.NullifyAfterFinalize, new VoteGuard(recovered).Authorize(Statement.Nullify(Epoch, new View(2))));
    }

    [Fact]
    public void Votes_that_reached_both_files_count_once()
    {
        RecoveredState recovered = RecoveredState.Replay(Epoch, Genesis, Log(First, Second), new SignerMemory(Mark(Third), Mark(First), [Second, Third]));

        Assert.Equal([Third], recovered.Unlogged);
        Assert.Equal(Log(First, Second, Third), recovered.Records);
    }

    [Fact]
    public void The_first_votes_of_a_key_need_nothing_in_the_log() =>
        Assert.Equal([First], RecoveredState.Replay(Epoch, Genesis, [], new SignerMemory(Mark(First), null, [First])).Unlogged);

    [Fact]
    public void A_log_without_the_vote_that_the_file_names_as_logged_is_not_whole_whatever_the_file_holds_besides()
    {
        RecoveredState recovered = RecoveredState.Replay(Epoch, Genesis, Log(First), new SignerMemory(Mark(Third), Mark(Second), [Third]));

        Assert.False(recovered.IsWhole);
        Assert.Equal(new View(2), recovered.Forgotten);
        Assert.True(new VoteGuard(recovered).IsQuiet);
    }

    [Fact]
    public void A_log_that_is_not_whole_silences_nothing_that_is_final_and_still_is_not_whole()
    {
        RecoveredState recovered = RecoveredState.Replay(Epoch, Genesis.Child(Hash256.Of("later"u8), new View(3)), Log(First), new SignerMemory(Mark(Third), Mark(Third), []));

        Assert.Equal(View.Zero, recovered.Forgotten);
        Assert.False(recovered.IsWhole);
    }

    [Fact]
    public void The_last_vote_logged_is_asked_for_though_a_higher_one_is_there()
    {
        // A Finalize of an earlier view came last, and the log lost the end that held it.
        Statement later = Statement.Nullify(Epoch, new View(3));
        RecoveredState recovered = RecoveredState.Replay(Epoch, Genesis, Log(First, Second, later), new SignerMemory(Mark(later), Mark(Third), []));

        Assert.False(recovered.IsWhole);
        Assert.Equal(new View(3), recovered.Forgotten);
    }

    [Fact]
    public void After_a_vote_of_an_earlier_epoch_all_votes_of_this_one_are_in_the_file()
    {
        var former = Statement.Nullify(new Epoch(0), new View(9));
        RecoveredState recovered = RecoveredState.Replay(Epoch, Genesis, [], new SignerMemory(Mark(First), Mark(former), [former, First]));

        Assert.True(recovered.IsWhole);
        Assert.Equal([First], recovered.Unlogged);
    }
}
