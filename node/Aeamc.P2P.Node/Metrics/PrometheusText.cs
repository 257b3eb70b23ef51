using System.Globalization;
using System.Text;

namespace Aeamc.P2P.Node.Metrics;

/// <summary>Writes Prometheus's text exposition format, version 0.0.4: a family's HELP and TYPE once, then its samples.</summary>
public sealed class PrometheusText
{
    /// <summary>The media type of what this writes.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>A family of one sample that goes up and down.</summary>
    public void Gauge(string name, string help, double value) => Family(name, "gauge", help).Sample(name, value);

    /// <summary>A family of one sample that only rises while the process runs; its name ends with <c>_total</c>.</summary>
    public void Counter(string name, string help, double value) => Family(name, "counter", help).Sample(name, value);

    /// <summary>Begins a family.</summary>
    public PrometheusText Family(string name, string type, string help)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    /// <summary>Adds a sample to the family begun last.</summary>
    /// <param name="name">The family's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="labels">Names, which must be bounded in number, and values, which may hold anything.</param>
    public PrometheusText Sample(string name, double value, params (string Name, string Value)[] labels)
    {
        _text.Append(name);
        for (int i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        }

        _text.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>A family of one histogram, with a bucket for each power of two of microseconds from 1.024 ms to 16.8 s.</summary>
    public void Histogram(string name, string help, LatencyHistogram histogram)
    {
        const int shortest = 10;
        const int longest = 24;
        long[] counts = histogram.Snapshot();
        Family(name, "histogram", help);
        for (int exponent = shortest; exponent <= longest; exponent++)
        {
            Sample(name + "_bucket", LatencyHistogram.CountBelow(counts, exponent), ("le", ((1L << exponent) / 1e6).ToString("R", CultureInfo.InvariantCulture)));
        }

        Sample(name + "_bucket", counts.Sum(), ("le", "+Inf"));
        Sample(name + "_sum", histogram.Total.TotalSeconds);
        Sample(name + "_count", counts.Sum());
    }

    public override string ToString() => _text.ToString();

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
