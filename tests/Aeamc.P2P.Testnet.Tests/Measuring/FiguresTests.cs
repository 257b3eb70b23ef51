using System.Diagnostics;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Node.Metrics;
using Aeamc.P2P.Testnet.Measuring;

namespace Aeamc.P2P.Testnet.Tests.Measuring;

public sealed class FiguresTests
{
    [Fact]
    public void Only_what_happened_in_the_window_counts()
    {
        NodeStatus before = Statuses.Empty with
        {
            Height = 10,
            ProofsAccepted = 5,
            ProofsFinalized = 8,
            Refused = new Dictionary<string, long> { ["a"] = 2 },
        };
        NodeStatus after = before with
        {
            Height = 110,
            ProofsAccepted = 505,
            ProofsFinalized = 1008,
            Refused = new Dictionary<string, long> { ["a"] = 3, ["b"] = 4 },
            ResidentBytes = 100 * 1024 * 1024,
        };

        var figures = Figures.Between(At(0, before, before), At(10, after, after with { Height = 109, ProofsFinalized = 1000 }));

        Assert.Equal(10, figures.Seconds);
        Assert.Equal(100, figures.Blocks);
        Assert.Equal(1000, figures.Proofs.Accepted);
        Assert.Equal(10, figures.Proofs.Refused);
        Assert.Equal(1000, figures.Proofs.Finalized);
        Assert.Equal(100, figures.Proofs.PerSecond);
        Assert.Equal([100.0, 100.0], figures.ResidentMb);
    }

    [Fact]
    public void Percentiles_are_of_all_nodes_entries_without_those_before_the_window()
    {
        var slowStart = new LatencyHistogram();
        Record(slowStart, TimeSpan.FromSeconds(2), 500);
        NodeStatus before = Statuses.Empty with { LatencyBuckets = slowStart.Snapshot() };
        Record(slowStart, TimeSpan.FromMilliseconds(10), 90);
        var other = new LatencyHistogram();
        Record(other, TimeSpan.FromMilliseconds(40), 10);

        var figures = Figures.Between(
            At(0, before, Statuses.Empty with { LatencyBuckets = new LatencyHistogram().Snapshot() }),
            At(1, before with { LatencyBuckets = slowStart.Snapshot() }, Statuses.Empty with { LatencyBuckets = other.Snapshot() }));

        // A bucket is at most a sixteenth wide.
        Assert.InRange(figures.Latency.P50, 10, 10.7);
        Assert.InRange(figures.Latency.P95, 40, 42.6);
        Assert.InRange(figures.Latency.P99, 40, 42.6);
    }

    [Fact]
    public void A_node_that_started_anew_does_not_take_away_from_the_others()
    {
        var two = new LatencyHistogram();
        Record(two, TimeSpan.FromMilliseconds(10), 2);
        NodeStatus before = Statuses.Empty with { LatencyBuckets = two.Snapshot() };
        var figures = Figures.Between(At(0, before), At(1, Statuses.Empty with { LatencyBuckets = new LatencyHistogram().Snapshot() }));
        Assert.Equal(0, figures.Latency.P50);
    }

    [Fact]
    public void A_window_of_no_length_has_no_rate() => Assert.Equal(0, Figures.Between(At(0, Statuses.Empty), At(0, Statuses.Empty)).Proofs.PerSecond);

    private static Reading At(int seconds, params NodeStatus[] statuses) => new(seconds * Stopwatch.Frequency, statuses);

    private static void Record(LatencyHistogram histogram, TimeSpan duration, int times)
    {
        for (int i = 0; i < times; i++)
        {
            histogram.Record(duration);
        }
    }
}
