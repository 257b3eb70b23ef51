using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Tests;

/// <summary>Disks that flip bits and that fill up.</summary>
public class DiskTests
{
    [Fact]
    public void A_flipped_bit_keeps_a_member_from_starting_until_its_log_is_repaired_and_costs_no_safety()
    {
        int refused = 0;
        for (ulong seed = 1; seed <= 40; seed++)
        {
            SimulationResult result = Simulation.Run(Troubled(seed, FaultSchedule.Disks(new SplitMix(seed), 4, 1500, 1, 0)));
            Assert.True(result.Passed, $"flips, seed {seed}: {string.Join("; ", result.Violations)}");
            refused += result.RefusedStarts.Count;
        }

        Assert.True(refused > 0);
    }

    [Fact]
    public void Flips_of_log_and_watermark_one_after_the_other_lose_no_vote_that_another_one_follows()
    {
        for (ulong seed = 1; seed <= 60; seed++)
        {
            SimulationResult result = Simulation.Run(ManyFlips(seed));
            Assert.True(result.Passed, $"many flips, seed {seed}: {string.Join("; ", result.Violations)}");
        }
    }

    /// <summary>Eight flips of one member's log or watermark, each after a start that may notice the one before.</summary>
    internal static SimulationOptions ManyFlips(ulong seed) => new()
    {
        Nodes = 7,
        Seed = seed,
        Stack = StackKind.Full,
        TroubleTime = 600,
        Faults = FaultSchedule.Disks(new SplitMix(seed), 7, 300, 8, 0),
        Blocks = 2,
    };

    [Fact]
    public void A_full_disk_silences_its_member_and_loses_no_acknowledged_entry()
    {
        for (ulong seed = 1; seed <= 30; seed++)
        {
            SimulationResult result = Simulation.Run(Troubled(seed, FaultSchedule.Disks(new SplitMix(seed), 4, 1500, 0, 4)));
            Assert.True(result.Passed, $"full disks, seed {seed}: {string.Join("; ", result.Violations)}");
        }
    }

    [Fact]
    public void Damage_is_placed_in_the_middle_cut_off_at_the_end_and_gone_after_the_repair()
    {
        var outcomes = new SortedSet<string>();
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var log = new SimulatedLog(checks: true);
            for (ulong view = 1; view <= 4; view++)
            {
                log.Append(new WalRecord.Voted(Statement.Nullify(Epoch.Zero, new View(view))));
                log.Sync();
            }

            Assert.True(log.Flip(new SplitMix(seed)));
            if (log.Examine() is { } damage)
            {
                Assert.InRange(damage.Frame, 0, 2);
                log.Cut(damage);
                Assert.Null(log.Examine());
                Assert.Equal(damage.Frame, log.Records.Count());
                outcomes.Add("refused");
            }
            else
            {
                Assert.Equal(3, log.Records.Count());
                outcomes.Add("cut");
            }

            Assert.False(log.HoldsFlips);
        }

        Assert.Equal(["cut", "refused"], outcomes);
    }

    [Fact]
    public void A_flip_in_the_signers_file_loses_nothing_and_a_start_mends_it()
    {
        var mark = new SimulatedWatermark(checks: true);
        for (ulong view = 1; view <= 2; view++)
        {
            var vote = Statement.Nullify(Epoch.Zero, new View(view));
            mark.Add(vote);
            mark.Set(Watermark.After(null, vote));
            mark.Sync();
        }

        SignerMemory before = mark.Current;
        Assert.Equal((2UL, 2), (before.Highest!.Value.View.Value, before.Unlogged.Count));
        Assert.True(mark.Flip(new SplitMix(1)));
        Assert.True(mark.HoldsFlips);
        Assert.Equal((before.Highest, before.Logged), (mark.Current.Highest, mark.Current.Logged));
        Assert.Equal(before.Unlogged, mark.Current.Unlogged);

        mark.Restore(RecoveredState.Replay(Epoch.Zero, BlockRef.Genesis(default), [], mark.Current));
        Assert.Equal((before.Highest, before.Highest), (mark.Current.Highest, mark.Current.Logged));
        Assert.Empty(mark.Current.Unlogged);
        Assert.False(mark.HoldsFlips);
    }

    [Fact]
    public void A_crash_while_the_signers_file_is_written_leaves_the_votes_before_or_after()
    {
        var seen = new SortedSet<int>();
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var mark = new SimulatedWatermark(checks: true);
            for (ulong view = 1; view <= 2; view++)
            {
                var vote = Statement.Nullify(Epoch.Zero, new View(view));
                mark.Add(vote);
                mark.Set(Watermark.After(null, vote));
                if (view == 1)
                {
                    mark.Sync();
                }
            }

            mark.Crash(new SplitMix(seed), writing: true);
            Assert.Equal(mark.Current.Unlogged.Count, mark.Unlogged);
            seen.Add(mark.Current.Unlogged.Count);
        }

        Assert.Equal([1, 2], seen);
    }

    private static SimulationOptions Troubled(ulong seed, List<Fault> faults) => new()
    {
        Seed = seed,
        Stack = StackKind.Full,
        TroubleTime = 1500,
        LossPermille = 50,
        ClockSkew = 500,
        Faults = faults,
        Blocks = 8,
    };
}
