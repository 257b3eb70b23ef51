using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Tests;

/// <summary>Members that were away for longer than the others keep certificates.</summary>
public class CatchUpTests
{
    [Theory]
    [InlineData("crash:{0}@100+1500")]
    [InlineData("split:{1}@100+1500")]
    public void A_member_that_was_away_longer_than_the_retention_catches_up_though_a_peer_lies(string away)
    {
        for (ulong seed = 1; seed <= 2; seed++)
        {
            LatencyModel latency = LatencyModel.Uniform(10_000);
            SimulationOptions options = new()
            {
                Nodes = 7,
                Seed = seed,
                Stack = StackKind.Full,
                Attacks = [Attack.Lie],
                Byzantine = 1,
                TroubleTime = 1_600,
                Latency = latency,
                Jitter = 0,
                Core = SimulationOptions.TimingFor(latency, 0, 7) with { RetainedViews = 16 },
                Blocks = 5,
            };
            int honest = Enumerable.Range(0, 7).First(i => !new Simulation(options).IsByzantine(new((ushort)i)));
            string fault = string.Format(System.Globalization.CultureInfo.InvariantCulture, away, honest, (1 << honest).ToString("x", System.Globalization.CultureInfo.InvariantCulture));
            SimulationResult result = Simulation.Run(options with { Faults = FaultSchedule.Parse(fault)! });
            Assert.True(result.Passed, $"{fault}, seed {seed}: {string.Join("; ", result.Violations)}");
            Assert.True(result.RangeBlocks > 0, $"{fault}, seed {seed}: no ranges");
            Assert.True(result.Height > 60, $"{result.Height} blocks are no long absence");
        }
    }
}
