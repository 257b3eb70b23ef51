using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Measuring;

/// <summary>
/// The finality that a matrix of delays allows at best: a proposal travels to everyone, each member has a notarization once the q-th of the votes is there,
/// and knows the block to be final once the q-th of the Finalize votes is. No work, no waiting.
/// </summary>
public static class QuorumLatency
{
    /// <summary>Over all leaders and members.</summary>
    public static Quantiles Bound(LatencyModel latency, int nodes)
    {
        int quorum = nodes - ((nodes - 1) / 3);
        var bound = new Quantiles();
        var arrivals = new long[nodes];
        var notarized = new long[nodes];
        for (int leader = 0; leader < nodes; leader++)
        {
            for (int member = 0; member < nodes; member++)
            {
                for (int voter = 0; voter < nodes; voter++)
                {
                    arrivals[voter] = Way(leader, voter) + Way(voter, member);
                }

                notarized[member] = Smallest(arrivals, quorum);
            }

            for (int member = 0; member < nodes; member++)
            {
                for (int voter = 0; voter < nodes; voter++)
                {
                    arrivals[voter] = notarized[voter] + Way(voter, member);
                }

                bound.Add(Smallest(arrivals, quorum));
            }
        }

        return bound;

        long Way(int from, int to) => from == to ? 0 : latency.OneWay(from, to);
    }

    private static long Smallest(long[] values, int rank)
    {
        long[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted[rank - 1];
    }
}
