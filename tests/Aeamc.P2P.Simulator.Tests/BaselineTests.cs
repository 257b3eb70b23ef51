using Aeamc.P2P.Simulator.Baseline;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Tests;

public class BaselineTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void Against_a_textbook_tendermint_entries_are_final_sooner_and_a_failed_leader_costs_at_most_half(int nodes)
    {
        LatencyModel latency = LatencyModel.Uniform(50_000);
        ComparedPair calm = Comparison.Run(nodes, 80, latency, 0, 1);
        ComparedPair failed = Comparison.Run(nodes, 80, latency, 1, 1);
        Assert.True(calm.Ours.Entry.Milliseconds(0.5) < calm.Tendermint.Entry.Milliseconds(0.5));
        Assert.True(2 * (failed.Ours.Milliseconds - calm.Ours.Milliseconds) <= failed.Tendermint.Milliseconds - calm.Tendermint.Milliseconds);
    }

    [Fact]
    public void The_baseline_takes_three_delays_a_block_and_is_no_straw_man()
    {
        ComparedPair pair = Comparison.Run(7, 40, LatencyModel.Uniform(50_000), 0, 1);
        Assert.InRange(pair.Tendermint.Finality.Milliseconds(0.5), 150, 153);
        Assert.InRange(pair.Tendermint.IntervalMilliseconds, 150, 153);
        Assert.Equal(1.0, pair.Tendermint.Duplication);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(7, 2)]
    public void The_baseline_goes_on_with_f_absent(int nodes, int absent)
    {
        var options = new SimulationOptions { Nodes = nodes, Blocks = 20, Latency = LatencyModel.Uniform(10_000), Jitter = 3_000 };
        var cluster = new TendermintCluster(options, [.. Enumerable.Range(0, absent)]);
        Assert.True(cluster.Run(20));
        Assert.False(cluster.Forked);
    }
}
