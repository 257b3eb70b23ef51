using Aeamc.P2P.Node.Metrics;

namespace Aeamc.P2P.Node.Tests.Metrics;

public class LatencyHistogramTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1_000)]
    [InlineData(12_345)]
    [InlineData(60_000_000)]
    public void A_single_duration_is_found_again_within_seven_percent(long microseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromMicroseconds(microseconds));

        double found = LatencyHistogram.Percentile(histogram.Snapshot(), 0.5) * 1000;

        Assert.InRange(found, microseconds, Math.Max(microseconds + 1, microseconds * 1.07));
    }

    [Fact]
    public void Percentiles_follow_the_counts()
    {
        var histogram = new LatencyHistogram();
        for (int i = 1; i <= 100; i++)
        {
            histogram.Record(TimeSpan.FromMilliseconds(i));
        }

        long[] counts = histogram.Snapshot();
        Assert.InRange(LatencyHistogram.Percentile(counts, 0.50), 50, 54);
        Assert.InRange(LatencyHistogram.Percentile(counts, 0.99), 99, 106);
        Assert.Equal(0, LatencyHistogram.Percentile(new long[4], 0.5));
    }
}
