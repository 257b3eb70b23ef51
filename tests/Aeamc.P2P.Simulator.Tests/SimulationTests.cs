using Aeamc.P2P.Simulator.Adversaries;

namespace Aeamc.P2P.Simulator.Tests;

public class SimulationTests
{
    [Fact]
    public void A_thousand_random_short_runs_hold_every_rule()
    {
        for (ulong seed = 1; seed <= 1000; seed++)
        {
            AssertPassed(Simulation.Run(SimulationOptions.Random(seed)), $"--random --seed {seed}");
        }
    }

    [Fact]
    public void One_seed_is_one_run_and_another_seed_another()
    {
        SimulationOptions options = new() { Seed = 7, LossPermille = 100, DuplicatePermille = 50, Crashes = 3, Partitions = 1, Load = Load.Mixed };
        string trace = Simulation.Run(options).TraceHash;
        Assert.Equal(trace, Simulation.Run(options).TraceHash);
        Assert.NotEqual(trace, Simulation.Run(options with { Seed = 8 }).TraceHash);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(16)]
    public void Without_faults_a_block_comes_every_two_delays_and_is_final_after_three(int nodes)
    {
        SimulationResult result = Simulation.Run(new() { Nodes = nodes, Delay = 50, Jitter = 0, Blocks = 30, Core = Slow });
        AssertPassed(result, "no faults");
        Assert.Equal(0, result.Nullified);
        Assert.InRange(result.SlowestFinalityMilliseconds, 150, 158);
        Assert.True((long)result.Height >= result.VirtualMilliseconds / 104, $"{result.Height} blocks in {result.VirtualMilliseconds} ms");
    }

    [Fact]
    public void An_idle_cluster_keeps_the_idle_interval_without_a_single_timeout()
    {
        SimulationOptions options = new() { Load = Load.Idle, Blocks = 20 };
        SimulationResult result = Simulation.Run(options);
        AssertPassed(result, "idle");
        Assert.Equal(0, result.Nullified);
        long interval = result.VirtualMilliseconds / (long)result.Height;
        Assert.InRange(interval, options.Core.IdleInterval - 50, options.Core.IdleInterval + 100);
    }

    [Theory]
    [InlineData(Attack.Absent)]
    [InlineData(Attack.SilentLeader)]
    [InlineData(Attack.EquivocatingLeader)]
    [InlineData(Attack.ConflictingVoter)]
    [InlineData(Attack.InvalidProposer)]
    public void At_most_f_byzantine_members_stop_neither_safety_nor_progress(Attack attack)
    {
        foreach (int nodes in (int[])[4, 7, 10])
        {
            for (ulong seed = 1; seed <= 5; seed++)
            {
                SimulationOptions options = new()
                {
                    Nodes = nodes,
                    Seed = seed,
                    Attack = attack,
                    LossPermille = 100,
                    DuplicatePermille = 20,
                    Crashes = 2,
                    Partitions = 1,
                    Blocks = 20,
                };
                AssertPassed(Simulation.Run(options), $"{attack}, {nodes} nodes, seed {seed}");
            }
        }
    }

    [Theory]
    [InlineData(Attack.EquivocatingLeader)]
    [InlineData(Attack.ConflictingVoter)]
    public void Equivocation_is_proven_against_its_author_and_nobody_else(Attack attack)
    {
        var simulation = new SimulationOptions { Attack = attack, Blocks = 20 };
        SimulationResult result = Simulation.Run(simulation);
        AssertPassed(result, $"{attack}");
        Assert.Single(result.Offenders);
    }

    [Fact]
    public void An_absent_leader_costs_one_skip_and_nothing_once_it_is_known_to_be_silent()
    {
        SimulationOptions options = new() { Attack = Attack.Absent, Delay = 10, Jitter = 0, Blocks = 200 };
        SimulationResult result = Simulation.Run(options);
        AssertPassed(result, "absent");

        // Three blocks of 2 x 10 ms and a nullification of one delay make a round; with 2D = 80 ms lost in each it would take 150 ms.
        long round = result.CalmMilliseconds * 3 / options.Blocks;
        Assert.InRange(round, 60, 90);
    }

    [Fact]
    public void A_restored_database_with_its_watermark_never_contradicts_itself()
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            SimulationOptions options = new() { Seed = seed, Crashes = 1, DiskFault = DiskFault.LosesLog, LossPermille = 50, Blocks = 10 };
            AssertPassed(Simulation.Run(options), $"restored, seed {seed}");
        }
    }

    // The checkers themselves: beyond what the rules promise, they must find what goes wrong.

    [Fact]
    public void More_than_f_equivocators_fork_the_chain_and_it_is_found()
    {
        SimulationResult result = Simulation.Run(new() { Attack = Attack.EquivocatingLeader, Byzantine = 2, Blocks = 5 });
        Assert.Contains(result.Violations, v => v.StartsWith("fork at height", StringComparison.Ordinal));
        Assert.Contains(result.Violations, v => v.StartsWith("two notarizations", StringComparison.Ordinal));
        Assert.Contains(result.Violations, v => v.Contains("halted: ConflictingCertificates", StringComparison.Ordinal));
    }

    [Fact]
    public void More_than_f_absent_members_stop_the_chain_and_it_is_found()
    {
        SimulationResult result = Simulation.Run(new() { Attack = Attack.Absent, Byzantine = 2, Blocks = 5 });
        Assert.Contains("blocks within", Assert.Single(result.Violations), StringComparison.Ordinal);
        Assert.Equal(0UL, result.Height);
    }

    [Fact]
    public void A_node_that_forgets_its_votes_altogether_is_found()
    {
        bool found = false;
        for (ulong seed = 1; seed <= 60 && !found; seed++)
        {
            SimulationOptions options = new() { Seed = seed, Crashes = 8, DiskFault = DiskFault.LosesLogAndWatermark, LossPermille = 300, Blocks = 5 };
            found = Simulation.Run(options).Violations.Any(v => v.StartsWith("honest member", StringComparison.Ordinal));
        }

        Assert.True(found);
    }

    private static Consensus.Simplex.SimplexOptions Slow => new() { NetworkDelay = 200, IdleInterval = 400, RetryInterval = 200 };

    private static void AssertPassed(SimulationResult result, string run) =>
        Assert.True(result.Passed, $"{run}: {string.Join("; ", result.Violations)}");
}
