using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Safety;

public class VoteGuardTests
{
    private static readonly Epoch Epoch = Epoch.Zero;
    private static readonly BlockRef Genesis = BlockRef.Genesis(Hash256.Of("genesis"u8));
    private static readonly BlockRef One = World.Block(Genesis, 1);
    private static readonly BlockRef Other = World.Block(Genesis, 1, "other");
    private static readonly Statement Nullify = Statement.Nullify(Epoch, new View(1));

    public static TheoryData<string, string, VoteDecision> Pairs => new()
    {
        { "notarize", "notarize", VoteDecision.SignAgain },
        { "notarize", "notarize other", VoteDecision.NotarizedOther },
        { "notarize", "nullify", VoteDecision.Sign },
        { "notarize", "finalize", VoteDecision.Sign },
        { "notarize", "finalize other", VoteDecision.FinalizeAgainstNotarize },
        { "nullify", "notarize", VoteDecision.NotarizeAfterNullify },
        { "nullify", "nullify", VoteDecision.SignAgain },
        { "nullify", "finalize", VoteDecision.FinalizeAfterNullify },
        { "finalize", "nullify", VoteDecision.NullifyAfterFinalize },
        { "finalize", "finalize", VoteDecision.SignAgain },
        { "finalize", "finalize other", VoteDecision.FinalizedOther },
        { "finalize", "notarize", VoteDecision.Sign },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Decides_on_a_second_vote_in_a_view_also_after_a_restart(string first, string second, VoteDecision expected)
    {
        var guard = new VoteGuard(RecoveredState.Fresh(Epoch, Genesis));
        Assert.Equal(VoteDecision.Sign, guard.Authorize(Named(first)));
        var restarted = new VoteGuard(RecoveredState.Replay(Epoch, Genesis, [new WalRecord.Voted(Named(first))], SignerMemory.Of(guard.Watermark)));

        Assert.Equal(expected, guard.Authorize(Named(second)));
        Assert.Equal(expected, restarted.Authorize(Named(second)));
    }

    [Fact]
    public void A_start_knows_the_newest_vote_of_each_kind_and_the_mark_that_they_leave()
    {
        BlockRef one = Genesis.Child(Hash256.Of("one"u8), new View(1));
        Statement[] votes = [Statement.Notarize(Epoch, one), Statement.Finalize(Epoch, one), Statement.Nullify(Epoch, new View(3)), Statement.Nullify(Epoch, new View(2))];
        WalRecord[] log = [.. votes.Select(vote => new WalRecord.Voted(vote))];
        RecoveredState behind = RecoveredState.Replay(Epoch, Genesis, log, SignerMemory.Of(Watermark.After(null, votes[0])));
        Assert.Equal([votes[0], votes[2], votes[1]], behind.NewestVotes);
        Assert.Equal(Watermark.After(null, votes[2]), behind.Watermark);

        // A mark that the log does not know stands: what it tells of is what was forgotten.
        var unknown = Watermark.After(null, Statement.Nullify(Epoch, new View(4)));
        RecoveredState forgetful = RecoveredState.Replay(Epoch, Genesis, log, SignerMemory.Of(unknown));
        Assert.Equal((unknown, new View(4)), (forgetful.Watermark, forgetful.Forgotten));
    }

    [Fact]
    public void Refuses_other_epochs_and_views_at_or_below_the_last_finalization()
    {
        var guard = new VoteGuard(RecoveredState.Fresh(Epoch, Genesis));
        Assert.Equal(VoteDecision.WrongEpoch, guard.Authorize(Statement.Nullify(new Epoch(1), new View(1))));
        guard.ObserveFinalization(new View(3));
        Assert.Equal(VoteDecision.BelowFloor, guard.Authorize(Statement.Nullify(Epoch, new View(3))));
        Assert.Equal(VoteDecision.Sign, guard.Authorize(Statement.Nullify(Epoch, new View(4))));
    }

    [Fact]
    public void Whatever_is_asked_and_whenever_it_crashes_two_votes_of_a_member_are_never_evidence_against_it()
    {
        var world = new World();
        string[] names = ["notarize", "notarize other", "nullify", "finalize", "finalize other"];
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var log = new List<WalRecord>();
            var signed = new List<Vote>();
            var guard = new VoteGuard(RecoveredState.Fresh(Epoch, Genesis));
            for (int step = 0; step < 20; step++)
            {
                Statement statement = Named(names[random.Next(names.Length)]);
                if (guard.Authorize(statement) is VoteDecision.Sign or VoteDecision.SignAgain)
                {
                    // The record is synced before the signature leaves; a crash in between leaves a vote that was never seen.
                    log.Add(new WalRecord.Voted(statement));
                    if (random.Next(3) > 0)
                    {
                        signed.Add(world.Vote(new NodeIndex(1), statement));
                    }
                }

                if (random.Next(4) == 0)
                {
                    guard = new VoteGuard(RecoveredState.Replay(Epoch, Genesis, log, SignerMemory.Of(guard.Watermark)));
                }
            }

            Assert.All(signed, one => Assert.All(signed, other => Assert.False(EquivocationEvidence.TryCreate(one, other, out _), $"seed {seed}: {one.Statement}, {other.Statement}")));
        }
    }

    [Fact]
    public void The_watermark_follows_the_highest_view_and_never_falls()
    {
        var guard = new VoteGuard(RecoveredState.Fresh(Epoch, Genesis));
        guard.Authorize(Statement.Nullify(Epoch, new View(5)));
        guard.Authorize(Statement.Finalize(Epoch, One));
        Assert.Equal(new Watermark(Epoch, new View(5), VoteKind.Nullify, default), guard.Watermark);
    }

    [Fact]
    public void A_refused_vote_moves_neither_memory_nor_watermark()
    {
        var guard = new VoteGuard(RecoveredState.Fresh(Epoch, Genesis));
        guard.Authorize(Named("notarize"));
        Watermark? before = guard.Watermark;
        guard.Authorize(Named("notarize other"));
        Assert.Equal(before, guard.Watermark);
        Assert.Equal(VoteDecision.SignAgain, guard.Authorize(Named("notarize")));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_log_that_does_not_know_the_watermarked_vote_makes_the_guard_quiet(bool logHasIt, bool quiet)
    {
        WalRecord[] log = logHasIt ? [new WalRecord.Voted(Nullify)] : [];
        var guard = new VoteGuard(RecoveredState.Replay(Epoch, Genesis, log, SignerMemory.Of(new Watermark(Epoch, new View(1), VoteKind.Nullify, default))));
        Assert.Equal(quiet, guard.IsQuiet);
        Statement later = Statement.Nullify(Epoch, new View(2));
        Assert.Equal(quiet ? VoteDecision.Quiet : VoteDecision.Sign, guard.Authorize(later));

        guard.ObserveFinalization(new View(1));
        Assert.Equal(quiet, guard.IsQuiet);
        guard.ObserveFinalization(new View(2));
        Assert.False(guard.IsQuiet);
        Assert.Equal(VoteDecision.Sign, guard.Authorize(Statement.Nullify(Epoch, new View(3))));
        Assert.Equal(quiet ? VoteDecision.Quiet : VoteDecision.BelowFloor, guard.Authorize(Nullify));
    }

    [Theory]
    [InlineData("notarize", "finalize")]
    [InlineData("notarize", "nullify")]
    [InlineData("notarize other", "notarize")]
    [InlineData("finalize", "finalize other")]
    public void Another_vote_of_the_watermarked_view_is_not_the_one_it_names(string logged, string marked)
    {
        RecoveredState recovered = RecoveredState.Replay(Epoch, Genesis, [new WalRecord.Voted(Named(logged))], SignerMemory.Of(Watermark.After(null, Named(marked))));

        Assert.Equal(new View(1), recovered.Forgotten);
        Assert.True(new VoteGuard(recovered).IsQuiet);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_watermark_that_the_log_does_not_know_silences_nothing_when_its_view_is_final_already(bool inTheLedger)
    {
        BlockRef final = World.Block(Genesis, 5);
        var mark = new Watermark(Epoch, new View(5), VoteKind.Finalize, final.Hash);
        WalRecord[] log = [new WalRecord.Accepted(new World().Certificate(Statement.Finalize(Epoch, final)))];
        RecoveredState recovered = inTheLedger ? RecoveredState.Replay(Epoch, final, [], SignerMemory.Of(mark)) : RecoveredState.Replay(Epoch, Genesis, log, SignerMemory.Of(mark));

        Assert.Equal(View.Zero, recovered.Forgotten);
    }

    [Fact]
    public void A_restart_refuses_what_the_ledger_has_left_behind()
    {
        var guard = new VoteGuard(RecoveredState.Replay(Epoch, World.Block(Genesis, 5), [], SignerMemory.None));
        Assert.Equal(VoteDecision.BelowFloor, guard.Authorize(Statement.Nullify(Epoch, new View(5))));
        Assert.Equal(VoteDecision.Sign, guard.Authorize(Statement.Nullify(Epoch, new View(6))));
    }

    [Fact]
    public void An_older_finalization_that_comes_later_opens_nothing()
    {
        var guard = new VoteGuard(RecoveredState.Fresh(Epoch, Genesis));
        guard.ObserveFinalization(new View(3));
        guard.ObserveFinalization(new View(1));
        Assert.Equal(VoteDecision.BelowFloor, guard.Authorize(Statement.Nullify(Epoch, new View(3))));
    }

    [Fact]
    public void A_watermark_of_a_later_epoch_silences_the_whole_epoch()
    {
        var guard = new VoteGuard(RecoveredState.Replay(Epoch, Genesis, [], SignerMemory.Of(new Watermark(new Epoch(1), new View(1), VoteKind.Nullify, default))));
        guard.ObserveFinalization(new View(1_000_000));
        Assert.Equal(VoteDecision.Quiet, guard.Authorize(Statement.Nullify(Epoch, new View(1_000_001))));
    }

    private static Statement Named(string name) => name switch
    {
        "notarize" => Statement.Notarize(Epoch, One),
        "notarize other" => Statement.Notarize(Epoch, Other),
        "nullify" => Nullify,
        "finalize" => Statement.Finalize(Epoch, One),
        "finalize other" => Statement.Finalize(Epoch, Other),
        _ => throw new ArgumentException(name),
    };
}
