using System.Globalization;
using System.Text;
using Aeamc.P2P.Simulator.Measuring;

namespace Aeamc.P2P.Simulator.Reporting;

/// <summary>What <c>--report</c> leaves: report.json, blocks.csv and latency.svg; with the seed in their names when several seeds run.</summary>
public static class ReportFolder
{
    public static void Write(string folder, SimulationOptions options, SimulationResult result, double wallSeconds)
    {
        Directory.CreateDirectory(folder);
        string prefix = File.Exists(Path.Combine(folder, "report.json")) ? $"seed-{result.Seed}-" : "";
        File.WriteAllText(Path.Combine(folder, prefix + "report.json"), ResultJson.WriteReport(options, result, wallSeconds));
        File.WriteAllText(Path.Combine(folder, prefix + "blocks.csv"), Csv(result.Times));
        File.WriteAllText(Path.Combine(folder, prefix + "latency.svg"), LatencyPlot(options, result));
    }

    private static string Csv(BlockTimes times)
    {
        var text = new StringBuilder("height,proposed_ms,final_ms,finality_ms\n");
        for (int i = 0; i < times.Chain.Count; i++)
        {
            BlockTimes.Timeline block = times.Chain[i];
            text.Append(CultureInfo.InvariantCulture, $"{i + 1},{block.Proposed / 1000.0},{block.Final / 1000.0},{(block.Final - block.Proposed) / 1000.0}\n");
        }

        return text.ToString();
    }

    private static string LatencyPlot(SimulationOptions options, SimulationResult result)
    {
        var chart = new SvgChart($"Latency, n = {options.Nodes}, delay {options.Latency.Name}", "milliseconds", "share of samples");
        chart.AddLine("block interval", Cdf(result.Times.Interval));
        chart.AddLine("finality at every member", Cdf(result.Times.Finality));
        chart.AddLine("bound of the delays alone", Cdf(QuorumLatency.Bound(options.Latency, options.Nodes)));
        return chart.ToString();
    }

    /// <summary>A cumulative distribution in a hundred points.</summary>
    public static IReadOnlyList<(double X, double Y)> Cdf(Quantiles quantiles) =>
        quantiles.Count == 0 ? [] : [.. Enumerable.Range(0, 101).Select(i => (quantiles.Milliseconds(i / 100.0), i / 100.0))];
}
