using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Twins;

/// <summary>Runs scenarios: half a second in which the split holds, then a calm in which all hear all and blocks must come.</summary>
public static class TwinsRun
{
    private const int SplitTime = 500;

    /// <summary>Decides the order of leaders, which <see cref="Leaders"/> tells.</summary>
    public const ulong Seed = 1;

    /// <summary>Leaders of the first views in a committee.</summary>
    public static IReadOnlyList<int> Leaders(int members, int views)
    {
        var simulation = new Simulation(new SimulationOptions { Nodes = members, Seed = Seed });
        return [.. Enumerable.Range(1, views).Select(v => (int)simulation.Leaders.LeaderOf(new View((ulong)v)).Value)];
    }

    public static SimulationResult Run(TwinsScenario scenario)
    {
        LatencyModel latency = LatencyModel.Uniform(5_000);
        var options = new SimulationOptions
        {
            Nodes = scenario.Members,
            Seed = Seed,
            Blocks = 3,
            Latency = latency,
            Jitter = 0,
            TroubleTime = SplitTime,
            Attacks = [Attack.Twins],
            Byzantine = scenario.Twins.Count,
            Core = SimulationOptions.TimingFor(latency, 0, scenario.Members),
            Scenario = scenario,
        };
        return new Simulation(options, [.. scenario.Twins.Select(t => new NodeIndex((ushort)t))]).Run();
    }
}
