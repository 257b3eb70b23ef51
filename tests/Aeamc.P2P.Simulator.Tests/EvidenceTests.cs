using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Tests;

/// <summary>Contradictions that honest members see are on the ledger soon.</summary>
public class EvidenceTests
{
    [Theory]
    [InlineData(Attack.Equivocate)]
    [InlineData(Attack.Conflict)]
    [InlineData(Attack.Twins)]
    [InlineData(Attack.Amnesia)]
    [InlineData(Attack.Belated)]
    public void Who_contradicts_itself_is_convicted_and_nobody_else(Attack attack)
    {
        int convicted = 0;
        for (ulong seed = 1; seed <= 8; seed++)
        {
            var simulation = new Simulation(new SimulationOptions
            {
                Nodes = 7,
                Seed = seed,
                Stack = StackKind.Full,
                Attacks = [attack],
                TroubleTime = 1_000,
                LossPermille = 100,
                Faults = FaultSchedule.Draw(new SplitMix(seed), 7, 1_000, 2, 1, 0),
                Blocks = 10,
            });
            SimulationResult result = simulation.Run();
            Assert.True(result.Passed, $"{attack}, seed {seed}: {string.Join("; ", result.Violations)}");
            Assert.All(result.Convicted, member => Assert.Contains(new Primitives.NodeIndex((ushort)member), simulation.Byzantine));
            convicted += result.Convicted.Count;
        }

        Assert.True(convicted > 0);
    }

    [Fact]
    public void False_evidence_convicts_nobody_and_costs_its_author_its_block()
    {
        for (ulong seed = 1; seed <= 8; seed++)
        {
            SimulationResult result = Simulation.Run(new() { Seed = seed, Stack = StackKind.Full, Attacks = [Attack.InvalidProposer], Blocks = 20 });
            Assert.True(result.Passed, $"seed {seed}: {string.Join("; ", result.Violations)}");
            Assert.Empty(result.Convicted);
        }
    }
}
