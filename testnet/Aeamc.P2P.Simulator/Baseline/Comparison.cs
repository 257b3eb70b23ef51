using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Measuring;

namespace Aeamc.P2P.Simulator.Baseline;

/// <summary>Ours and the baseline under the same conditions, one after another in one process.</summary>
public static class Comparison
{
    /// <summary>
    /// One pair of runs; as many members as have failed never speak, spread evenly over the order in which each protocol's members lead: neither has more failed leaders in a row.
    /// </summary>
    public static ComparedPair Run(int nodes, int blocks, LatencyModel latency, int failed, ulong seed)
    {
        var options = new SimulationOptions
        {
            Nodes = nodes,
            Blocks = blocks,
            Seed = seed,
            Latency = latency,
            Jitter = 0,
            Core = SimulationOptions.TimingFor(latency, 0, nodes),
            Attacks = failed == 0 ? [] : [Attack.Absent],
            Byzantine = failed,
        };
        int[] absent = [.. Enumerable.Range(0, failed).Select(i => i * nodes / failed)];
        LeaderSchedule leaders = new Simulation(options, []).Leaders;
        SimulationResult ours = new Simulation(options, [.. absent.Select(place => leaders.LeaderOf(new View((ulong)place + 1))).Order()]).Run();
        if (!ours.Passed)
        {
            throw new InvalidOperationException($"our own run failed: {ours.Violations[0]}");
        }

        var cluster = new TendermintCluster(options, absent);
        if (!cluster.Run(blocks) || cluster.Forked)
        {
            throw new InvalidOperationException("the baseline's run failed");
        }

        return new ComparedPair(
            nodes,
            failed,
            Measured.Of(ours.Times, ours.Traffic, nodes, latency),
            Measured.Of(cluster.Times, cluster.Network.Traffic, nodes, latency));
    }
}

/// <summary>Both protocols under one condition.</summary>
public sealed record ComparedPair(int Nodes, int Failed, Measured Ours, Measured Tendermint);

/// <summary>What a run of either protocol took.</summary>
/// <param name="Entry">From an entry's arrival anywhere until the block that carries it is final.</param>
/// <param name="Finality">From a proposal until each member knows it to be final.</param>
/// <param name="IntervalMilliseconds">Median time between blocks.</param>
/// <param name="Milliseconds">Time that all blocks took.</param>
/// <param name="LongestStall">Longest time without a block, in milliseconds.</param>
/// <param name="BlocksPerSecond">Throughput.</param>
/// <param name="MessagesPerNodeAndBlock">Messages sent.</param>
/// <param name="BytesPerNodeAndBlock">Bytes sent.</param>
/// <param name="Duplication">Bytes received over bytes needed.</param>
/// <param name="Blocks">Blocks that became final.</param>
public sealed record Measured(
    Quantiles Entry,
    Quantiles Finality,
    double IntervalMilliseconds,
    double Milliseconds,
    double LongestStall,
    double BlocksPerSecond,
    double MessagesPerNodeAndBlock,
    double BytesPerNodeAndBlock,
    double Duplication,
    int Blocks)
{
    internal static Measured Of(BlockTimes times, TrafficMeter traffic, int nodes, LatencyModel latency)
    {
        int blocks = times.Chain.Count;
        double milliseconds = times.Chain[^1].Final / 1000.0;
        return new Measured(
            Entries(times, latency),
            times.Finality,
            times.Interval.Milliseconds(0.5),
            milliseconds,
            times.LongestStall / 1000.0,
            blocks * 1000.0 / milliseconds,
            Math.Round((double)traffic.Messages / nodes / blocks, 1),
            Math.Round((double)traffic.Bytes / nodes / blocks),
            Math.Round(traffic.DuplicationRatio, 3),
            blocks);
    }

    /// <summary>An entry comes every millisecond, is known to every member one slowest link later, and is in the next block proposed.</summary>
    private static Quantiles Entries(BlockTimes times, LatencyModel latency)
    {
        var entries = new Quantiles();
        int block = 0;
        for (long at = 0; ; at += 1000)
        {
            while (block < times.Chain.Count && times.Chain[block].Proposed < at + latency.Largest)
            {
                block++;
            }

            if (block == times.Chain.Count)
            {
                return entries;
            }

            entries.Add(times.Chain[block].Final - at);
        }
    }
}
