using Aeamc.P2P.Simulator.Twins;

namespace Aeamc.P2P.Simulator.Tests;

public class TwinsTests
{
    [Fact]
    public void Every_split_of_the_first_two_views_of_four_members_is_safe_and_recovers()
    {
        IReadOnlyList<int> leaders = TwinsRun.Leaders(4, 2);
        List<TwinsScenario> scenarios = [.. Enumerable.Range(0, 4).SelectMany(twin => TwinsGenerator.All(4, [twin], leaders))];
        Assert.InRange(scenarios.Count, 200, 4 * 256);
        AssertAllPass(scenarios);
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(6, 1)]
    [InlineData(7, 2)]
    public void Drawn_splits_of_larger_committees_are_safe_and_recover(int members, int twins)
    {
        IReadOnlyList<int> leaders = TwinsRun.Leaders(members, 3);
        var scenarios = new List<TwinsScenario>();
        for (int first = 0; first < members; first++)
        {
            int[] chosen = twins == 1 ? [first] : [first, (first + 1) % members];
            scenarios.AddRange(TwinsGenerator.Sample(members, chosen, leaders, 25, (ulong)first));
        }

        AssertAllPass(scenarios);
    }

    [Fact]
    public void Symmetry_leaves_one_scenario_of_each_class()
    {
        // One view, led by member 0, member 3 twice: 16 splits of 5 nodes. Members 1 and 2 may change names, and so may nodes 3 and 4:
        // what counts is how many of each pair are on the leader's side, 3 x 3.
        List<TwinsScenario> scenarios = [.. TwinsGenerator.All(4, [3], [0])];
        Assert.Equal(9, scenarios.Count);
        Assert.Equal(9, scenarios.Select(s => s.ToString()).Distinct().Count());
    }

    [Fact]
    public void A_scenario_is_read_as_it_is_written()
    {
        var scenario = new TwinsScenario(4, [1], [0x1e, 4]);
        Assert.Equal("4/1/1e,4", scenario.ToString());
        Assert.Equal(scenario.ToString(), TwinsScenario.Parse("4/1/1e,4")!.ToString());
        Assert.True(scenario.Hears(1, 1, 2));
        Assert.False(scenario.Hears(1, 0, 1));
        Assert.True(scenario.Hears(3, 0, 1));
        Assert.Null(TwinsScenario.Parse("4/9/1"));
    }

    [Fact]
    public void Beyond_f_twins_fork_the_chain_in_some_split()
    {
        IReadOnlyList<int> leaders = TwinsRun.Leaders(4, 2);
        Assert.Contains(
            TwinsGenerator.Sample(4, [leaders[0], leaders[1]], leaders, 200, 1),
            scenario => TwinsRun.Run(scenario).Violations.Any(v => v.StartsWith("fork at height", StringComparison.Ordinal)));
    }

    private static void AssertAllPass(IReadOnlyList<TwinsScenario> scenarios)
    {
        var failures = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.ForEach(scenarios, scenario =>
        {
            SimulationResult result = TwinsRun.Run(scenario);
            if (!result.Passed)
            {
                failures.Add($"aeamc simulate twins --scenario {scenario}: {result.Violations[0]}");
            }
        });
        Assert.Empty(failures);
    }
}
