namespace Aeamc.P2P.Simulator.Reporting;

/// <summary>Groups of bars as SVG, with each bar's figure above it.</summary>
public sealed class SvgBars(string title, string yLabel, IReadOnlyList<string> series)
{
    private const int Width = 760, Height = 440, Left = 80, Right = 30, Top = 70, Bottom = 60;

    private static readonly string[] Colours = ["#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce"];

    private readonly List<(string Name, IReadOnlyList<double> Values)> _groups = [];

    public void AddGroup(string name, params IReadOnlyList<double> values) => _groups.Add((name, values));

    public override string ToString()
    {
        double max = SvgChart.NiceEnd(_groups.SelectMany(g => g.Values).DefaultIfEmpty(1).Max());
        var svg = new SvgText(Width, Height, title);
        for (int i = 0; i <= 5; i++)
        {
            double y = Y(max * i / 5);
            svg.Line(Left, y, Width - Right, y, "#e5e7eb", 1);
            svg.Text(Left - 8, y + 4, SvgChart.Number(max * i / 5), "end");
        }

        svg.Text(Left, Top - 12, yLabel, "start");
        for (int i = 0; i < series.Count; i++)
        {
            double x = Width - Right - (170 * (series.Count - i));
            svg.Rectangle(x, Top - 24, 14, 14, Colours[i % Colours.Length]);
            svg.Text(x + 20, Top - 12, series[i], "start");
        }

        double group = (double)(Width - Left - Right) / Math.Max(1, _groups.Count);
        for (int g = 0; g < _groups.Count; g++)
        {
            double bar = group * 0.7 / Math.Max(1, _groups[g].Values.Count);
            double start = Left + (group * g) + (group * 0.15);
            for (int i = 0; i < _groups[g].Values.Count; i++)
            {
                double value = _groups[g].Values[i];
                svg.Rectangle(start + (bar * i) + 2, Y(value), bar - 4, Height - Bottom - Y(value), Colours[i % Colours.Length]);
                svg.Text(start + (bar * (i + 0.5)), Y(value) - 5, SvgChart.Number(value), "middle");
            }

            svg.Text(Left + (group * (g + 0.5)), Height - Bottom + 20, _groups[g].Name, "middle");
        }

        svg.Line(Left, Height - Bottom, Width - Right, Height - Bottom, "#111827", 1);
        return svg.ToString();

        double Y(double value) => Height - Bottom - (value / max * (Height - Top - Bottom));
    }
}
