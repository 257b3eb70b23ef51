using System.Globalization;
using System.Security;
using System.Text;

namespace Aeamc.P2P.Simulator.Reporting;

/// <summary>Writes SVG elements with numbers as every reader wants them.</summary>
internal sealed class SvgText
{
    private static readonly string[] Dashes = ["", "7 4", "2 3", "10 3 2 3", "", "7 4"];

    private readonly StringBuilder _text = new();

    public SvgText(int width, int height, string title)
    {
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#111827\">\n");
        Add($"<title>{Escape(title)}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n");
        Add($"<text x=\"{width / 2}\" y=\"24\" text-anchor=\"middle\" font-size=\"16\">{Escape(title)}</text>\n");
    }

    public void Line(double x1, double y1, double x2, double y2, string colour, double width, int dash = 0) =>
        Add($"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-dasharray=\"{Dashes[dash % Dashes.Length]}\"/>\n");

    public void Text(double x, double y, string text, string anchor) =>
        Add($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{Escape(text)}</text>\n");

    public void Rectangle(double x, double y, double width, double height, string colour) =>
        Add($"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\" fill=\"{colour}\"/>\n");

    public void Path(IEnumerable<(double X, double Y)> points, string colour, int dash)
    {
        string places = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#}")));
        Add($"<polyline points=\"{places}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{Dashes[dash % Dashes.Length]}\"/>\n");
    }

    public override string ToString() => _text + "</svg>\n";

    private static string Escape(string text) => SecurityElement.Escape(text);

    private void Add(FormattableString text) => _text.Append(text.ToString(CultureInfo.InvariantCulture));
}
