using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Tests;

/// <summary>Devices, batches and the ledger in every node.</summary>
public class LedgerTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void Entries_of_devices_are_acknowledged_and_final_at_two_delays_a_block(int nodes)
    {
        LatencyModel latency = LatencyModel.Uniform(50_000);
        SimulationResult result = Simulation.Run(new()
        {
            Nodes = nodes,
            Stack = StackKind.Full,
            Devices = 64,
            Blocks = 40,
            Latency = latency,
            Jitter = 0,
            Core = SimulationOptions.TimingFor(latency, 0, nodes),
        });
        AssertPassed(result, $"{nodes} nodes");
        Assert.Empty(result.Nullified);
        Assert.InRange(result.Times.Interval.Milliseconds(0.5), 100, 110);
        Assert.True(result.Entries >= 256, $"{result.Entries} entries");
    }

    [Fact]
    public void One_seed_is_one_run_with_the_ledger_too()
    {
        SimulationOptions options = Troubled(7, 7) with { Attacks = [Attack.Withhold, Attack.Repeat], Load = Load.Mixed };
        SimulationResult result = Simulation.Run(options);
        Assert.Equal(result.Trace, Simulation.Run(options).Trace);
        Assert.NotEqual(result.Trace, Simulation.Run(options with { Seed = 8 }).Trace);
    }

    public static TheoryData<Attack> EveryAttack() => [.. Enum.GetValues<Attack>()];

    [Theory]
    [MemberData(nameof(EveryAttack))]
    public void At_most_f_byzantine_members_lose_no_entry_and_no_state(Attack attack)
    {
        foreach (int nodes in (int[])[4, 7])
        {
            for (ulong seed = 1; seed <= 2; seed++)
            {
                SimulationResult result = Simulation.Run(Troubled(nodes, seed) with { Attacks = [attack] });
                AssertPassed(result, $"{attack}, {nodes} nodes, seed {seed}");
                Assert.True(result.Entries > 0);
            }
        }
    }

    [Fact]
    public void Batches_lost_on_their_way_are_fetched()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            LatencyModel latency = LatencyModel.Uniform(20_000);
            SimulationResult result = Simulation.Run(new()
            {
                Seed = seed,
                Nodes = 7,
                Stack = StackKind.Full,
                Blocks = 30,
                Latency = latency,
                Jitter = 0,
                Core = SimulationOptions.TimingFor(latency, 0, 7),
                LossPermille = 200,
            });
            AssertPassed(result, $"seed {seed}");
            Assert.True(result.Entries > 0);
        }
    }

    private static SimulationOptions Troubled(int nodes, ulong seed) => new()
    {
        Nodes = nodes,
        Seed = seed,
        Stack = StackKind.Full,
        TroubleTime = 1500,
        LossPermille = 100,
        DuplicatePermille = 20,
        Faults = FaultSchedule.Draw(new SplitMix(seed), nodes, 1500, 2, 1, 1),
        Blocks = 10,
    };

    private static void AssertPassed(SimulationResult result, string run) =>
        Assert.True(result.Passed, $"{run}: {string.Join("; ", result.Violations)}");
}
