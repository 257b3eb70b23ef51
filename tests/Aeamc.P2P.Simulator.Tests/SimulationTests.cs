using System.Collections.Concurrent;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Tests;

public class SimulationTests
{
    [Fact]
    public void Two_thousand_random_short_runs_hold_every_rule()
    {
        var failures = new ConcurrentBag<string>();
        Parallel.For(1, 2001, seed =>
        {
            SimulationResult result = Simulation.Run(SimulationOptions.Random((ulong)seed));
            if (!result.Passed)
            {
                failures.Add($"aeamc simulate --random --seed {seed}: {string.Join("; ", result.Violations)}");
            }
        });
        Assert.Empty(failures);
    }

    [Fact]
    public void One_seed_is_one_run_and_another_seed_another()
    {
        SimulationOptions options = new()
        {
            Nodes = 7,
            Seed = 7,
            TroubleTime = 1000,
            LossPermille = 100,
            DuplicatePermille = 50,
            ClockDriftPermille = 20,
            Load = Load.Mixed,
            Attacks = [Attack.Repeat, Attack.Spam],
            Faults = FaultSchedule.Draw(new SplitMix(7), 7, 1000, 3, 2, 1),
        };
        string trace = Simulation.Run(options).Trace;
        Assert.Equal(trace, Simulation.Run(options).Trace);
        Assert.NotEqual(trace, Simulation.Run(options with { Seed = 8 }).Trace);
    }

    // Figures: one-way delay d of 50 ms, Ed25519 checks, signatures and syncs at their measured cost.

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(100)]
    public void Without_faults_a_block_comes_every_two_delays_and_is_final_after_three(int nodes)
    {
        SimulationResult result = Simulation.Run(Fitted(nodes, LatencyModel.Uniform(50_000), 20));
        AssertPassed(result, "no faults");
        Assert.Empty(result.Nullified);
        Assert.InRange(result.Times.Interval.Milliseconds(0.5), 100, 105);
        Assert.InRange(result.Times.Finality.Milliseconds(0.5), 150, 158);
        Assert.InRange(result.Traffic.DuplicationRatio, 1, 1.3);
    }

    [Fact]
    public void Between_real_regions_finality_is_near_the_bound_of_the_delays_alone()
    {
        var wan = LatencyModel.Wan();
        SimulationResult result = Simulation.Run(Fitted(31, wan, 62));
        AssertPassed(result, "wan");
        double bound = Measuring.QuorumLatency.Bound(wan, 31).Milliseconds(0.5);
        Assert.InRange(result.Times.Finality.Milliseconds(0.5), bound * 0.9, bound * 1.15);
    }

    [Fact]
    public void An_idle_cluster_keeps_the_idle_interval_without_a_single_timeout()
    {
        SimulationOptions options = new() { Load = Load.Idle, Blocks = 20 };
        SimulationResult result = Simulation.Run(options);
        AssertPassed(result, "idle");
        Assert.Empty(result.Nullified);
        Assert.InRange(result.Times.Interval.Milliseconds(0.5), options.Core.IdleInterval, options.Core.IdleInterval + 50);
    }

    // Liveness.

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(16)]
    public void A_leader_that_is_gone_costs_one_timeout_and_then_no_time(int nodes)
    {
        SimulationOptions options = Fitted(nodes, LatencyModel.Uniform(50_000), 4 * nodes) with { Attacks = [Attack.Absent], Byzantine = 1 };
        SimulationResult result = Simulation.Run(options);
        AssertPassed(result, "absent");

        // Everyone waits for it at most once, and never again: all its other turns are given up at once, and cost one message delay.
        Assert.InRange(result.Nullified.GetValueOrDefault(NullifyReason.LeaderTimeout), 0, nodes - 1);
        Assert.True(result.Nullified[NullifyReason.LeaderSilent] >= 2 * (nodes - 1));
        double perRound = (result.VirtualMicroseconds / 1000.0 / options.Blocks * (nodes - 1)) - ((nodes - 1) * 102);
        Assert.InRange(perRound, 0, 51 + (2.5 * options.Core.NetworkDelay / 4));
    }

    [Fact]
    public void A_member_whose_votes_always_come_last_keeps_its_turns()
    {
        // Its messages take up to three times D more, some two and a half views: less than the six after which a lost turn makes it silent.
        for (ulong seed = 1; seed <= 10; seed++)
        {
            SimulationOptions options = Fitted(7, LatencyModel.Uniform(50_000), 40) with { Seed = seed, Attacks = [Attack.Delay], Byzantine = 1 };
            SimulationResult result = Simulation.Run(options);
            AssertPassed(result, $"slow, seed {seed}");
            Assert.DoesNotContain(NullifyReason.LeaderSilent, result.Nullified.Keys);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(16)]
    public void Under_a_fifth_of_messages_lost_no_time_without_a_block_exceeds_the_bound(int nodes)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            SimulationOptions options = Fitted(nodes, LatencyModel.Uniform(20_000), 60) with { Seed = seed, LossPermille = 200 };
            SimulationResult result = Simulation.Run(options);
            AssertPassed(result, $"loss, {nodes} nodes, seed {seed}");
            Assert.InRange(result.Times.LongestStall / 1000, 1, options.StallBound);
        }
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(7, false)]
    [InlineData(16, false)]
    [InlineData(7, true)]
    public void After_a_partition_heals_finalization_resumes_within_the_bound(int nodes, bool oneWay)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            // Half and half, for a hundred delays: no side has a quorum.
            SimulationOptions options = Fitted(nodes, LatencyModel.Uniform(20_000), 5) with
            {
                Seed = seed,
                TroubleTime = 2_500,
                Faults = [new Fault.Partition((1UL << (nodes / 2)) - 1, oneWay, 300, 2_200)],
            };
            SimulationResult result = Simulation.Run(options);
            AssertPassed(result, $"partition, {nodes} nodes, seed {seed}");
            Assert.InRange(result.ResumeMicroseconds / 1000, 1, options.ResumeBound);
        }
    }

    // Faults and adversaries within the bound.

    public static TheoryData<Attack> EveryAttack() => [.. Enum.GetValues<Attack>()];

    [Theory]
    [MemberData(nameof(EveryAttack))]
    public void At_most_f_byzantine_members_stop_neither_safety_nor_progress(Attack attack)
    {
        foreach (int nodes in (int[])[4, 7, 10])
        {
            for (ulong seed = 1; seed <= 3; seed++)
            {
                SimulationOptions options = Troubled(nodes, seed) with { Attacks = [attack] };
                AssertPassed(Simulation.Run(options), $"{attack}, {nodes} nodes, seed {seed}");
            }
        }
    }

    [Fact]
    public void Any_two_kinds_of_byzantine_members_together_stop_neither_safety_nor_progress()
    {
        Attack[] all = Enum.GetValues<Attack>();
        Parallel.For(0, all.Length, i =>
        {
            for (int j = i + 1; j < all.Length; j++)
            {
                SimulationOptions options = Troubled(7, (ulong)((100 * i) + j)) with { Attacks = [all[i], all[j]], Blocks = 6 };
                AssertPassed(Simulation.Run(options), $"{all[i]} and {all[j]}");
            }
        });
    }

    [Theory]
    [InlineData(Attack.Equivocate)]
    [InlineData(Attack.Conflict)]
    public void Equivocation_is_proven_against_its_author_and_nobody_else(Attack attack)
    {
        SimulationResult result = Simulation.Run(new() { Attacks = [attack], Blocks = 20 });
        AssertPassed(result, $"{attack}");
        Assert.Single(result.Offenders);
    }

    [Fact]
    public void A_restored_database_with_its_watermark_never_contradicts_itself()
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            SimulationOptions options = new()
            {
                Seed = seed,
                TroubleTime = 1500,
                Faults = FaultSchedule.Draw(new SplitMix(seed), 4, 1500, 1, 0, 0),
                DiskFault = DiskFault.LosesLog,
                LossPermille = 50,
                Blocks = 10,
            };
            AssertPassed(Simulation.Run(options), $"restored, seed {seed}");
        }
    }

    [Fact]
    public void Clocks_that_drift_and_jump_cost_no_safety_and_no_progress()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            SimulationOptions options = new()
            {
                Nodes = 7,
                Seed = seed,
                TroubleTime = 1500,
                ClockDriftPermille = 100,
                Faults = FaultSchedule.Draw(new SplitMix(seed), 7, 1500, 0, 0, 6),
                Blocks = 10,
            };
            AssertPassed(Simulation.Run(options), $"clocks, seed {seed}");
        }
    }

    private static SimulationOptions Fitted(int nodes, LatencyModel latency, int blocks) =>
        new() { Nodes = nodes, Latency = latency, Jitter = 0, Blocks = blocks, Core = SimulationOptions.TimingFor(latency, 0, nodes) };

    private static SimulationOptions Troubled(int nodes, ulong seed) => new()
    {
        Nodes = nodes,
        Seed = seed,
        TroubleTime = 1500,
        LossPermille = 100,
        DuplicatePermille = 20,
        Faults = FaultSchedule.Draw(new SplitMix(seed), nodes, 1500, 2, 1, 1),
        Blocks = 20,
    };

    private static void AssertPassed(SimulationResult result, string run) =>
        Assert.True(result.Passed, $"{run}: {string.Join("; ", result.Violations)}");
}
