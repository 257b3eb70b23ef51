using System.Globalization;

namespace Aeamc.P2P.Simulator.Reporting;

/// <summary>A line chart as SVG: two axes from 0, a legend, no scripts and no external parts.</summary>
public sealed class SvgChart(string title, string xLabel, string yLabel)
{
    private const int Width = 760, Height = 440, Left = 80, Right = 30, Top = 50, Bottom = 60;

    private static readonly string[] Colours = ["#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce", "#a16207", "#be123c"];

    private readonly List<(string Name, IReadOnlyList<(double X, double Y)> Points)> _lines = [];

    public void AddLine(string name, IReadOnlyList<(double X, double Y)> points) => _lines.Add((name, points));

    public override string ToString()
    {
        double maxX = NiceEnd(_lines.SelectMany(l => l.Points).Select(p => p.X).DefaultIfEmpty(1).Max());
        double maxY = NiceEnd(_lines.SelectMany(l => l.Points).Select(p => p.Y).DefaultIfEmpty(1).Max());
        var svg = new SvgText(Width, Height, title);
        for (int i = 0; i <= 5; i++)
        {
            double x = maxX * i / 5, y = maxY * i / 5;
            svg.Line(X(x), Top, X(x), Height - Bottom, "#e5e7eb", 1);
            svg.Line(Left, Y(y), Width - Right, Y(y), "#e5e7eb", 1);
            svg.Text(X(x), Height - Bottom + 20, Number(x), "middle");
            svg.Text(Left - 8, Y(y) + 4, Number(y), "end");
        }

        svg.Line(Left, Top, Left, Height - Bottom, "#111827", 1);
        svg.Line(Left, Height - Bottom, Width - Right, Height - Bottom, "#111827", 1);
        svg.Text((Left + Width - Right) / 2.0, Height - 18, xLabel, "middle");
        svg.Text(Left, Top - 10, yLabel, "start");
        for (int i = 0; i < _lines.Count; i++)
        {
            string colour = Colours[i % Colours.Length];
            svg.Path(_lines[i].Points.Select(p => (X(p.X), Y(p.Y))), colour, i);
            double at = Height - Bottom - 14 - (20 * (_lines.Count - 1 - i));
            svg.Line(Width - Right - 250, at - 4, Width - Right - 222, at - 4, colour, 3, i);
            svg.Text(Width - Right - 214, at, _lines[i].Name, "start");
        }

        return svg.ToString();

        double X(double value) => Left + (value / maxX * (Width - Left - Right));

        double Y(double value) => Height - Bottom - (value / maxY * (Height - Top - Bottom));
    }

    /// <summary>The next of 1, 2, 2.5, 5 times a power of ten.</summary>
    internal static double NiceEnd(double value)
    {
        if (value <= 0)
        {
            return 1;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        foreach (double step in (double[])[1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10])
        {
            if (value <= step * power * 1.0000001)
            {
                return step * power;
            }
        }

        return 10 * power;
    }

    internal static string Number(double value) => value.ToString(Math.Abs(value) >= 10 || value == 0 ? "0" : "0.##", CultureInfo.InvariantCulture);
}
