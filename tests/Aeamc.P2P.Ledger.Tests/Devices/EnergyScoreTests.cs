namespace Aeamc.P2P.Ledger.Tests;

public class EnergyScoreTests
{
    [Theory]
    [InlineData(8000, false, 4500, 50, 5875)] // the worked example of devices.md
    [InlineData(10_000, true, 0, 0, 10_000)]
    [InlineData(0, false, 8000, 500, 0)]
    [InlineData(-100, false, -100, -1, 0)] // nothing known
    [InlineData(10_000, true, -100, -1, 6000)] // Phase 1 without sensors
    [InlineData(50_000, true, -4000, 0, 10_000)] // above and below the scale
    [InlineData(int.MaxValue, false, int.MaxValue, int.MaxValue, 4000)]
    [InlineData(int.MinValue, false, int.MinValue, int.MinValue, 2000)] // only the cold counts
    [InlineData(8001, false, 4501, 51, 5870)] // each part rounded down: 3200 + 874 + 1796
    public void ScoreIsExact(int battery, bool charging, int temperature, int latency, int expected)
    {
        Assert.Equal(expected, EnergyScore.Of(Telemetry.OfV1(battery, charging, temperature, latency)).TenThousandths);
    }
}
