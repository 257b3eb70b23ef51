using System.Text.Json.Nodes;

namespace Aeamc.P2P.Benchmarks.Libp2p;

/// <summary>The rounds of one figure, ours beside the peer's; the median of each counts.</summary>
/// <param name="goal">The ratio ours : theirs to reach.</param>
/// <param name="atMost">Whether the goal is an upper bound: less is better.</param>
internal sealed class Comparison(double goal, bool atMost = false)
{
    private readonly List<double> _ours = [];
    private readonly List<double> _theirs = [];

    public double Ours => Median(_ours);

    public double Theirs => Median(_theirs);

    public void Add(bool ours, double figure) => (ours ? _ours : _theirs).Add(figure);

    /// <summary>The figure as JSON; <paramref name="theirs"/> names the other side.</summary>
    public JsonObject ToJson(string theirs = "js")
    {
        double ratio = Ours / Theirs;
        return new JsonObject
        {
            ["ours"] = Round(Ours),
            [theirs] = Round(Theirs),
            ["ratio"] = Round(ratio),
            ["goal"] = $"{(atMost ? "<=" : ">=")} {Round(goal)}",
            ["met"] = atMost ? ratio <= goal : ratio >= goal,
        };
    }

    public static double Round(double value) => double.IsFinite(value) ? double.Parse(value.ToString("G4")) : 0;

    public static double Median(List<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return sorted.Count == 0 ? double.NaN : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
