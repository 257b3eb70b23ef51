using System.Globalization;
using System.Text;
using Aeamc.P2P.Testnet.Measuring;

namespace Aeamc.P2P.Testnet.Reporting;

/// <summary>Writes a report to files and to people.</summary>
public static class ReportWriter
{
    /// <summary>Writes report.json and report.md into a folder, which is made when missing.</summary>
    public static void Write(string folder, Report report, IReadOnlyList<CpuShare> cpu, string machine)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "report.json"), report.ToJson());
        File.WriteAllText(Path.Combine(folder, "report.md"), Markdown(report, cpu, machine));
    }

    /// <summary>The report as people read it.</summary>
    public static string Markdown(Report report, IReadOnlyList<CpuShare> cpu, string machine)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Testnet report: {report.Verdict}\n\n");
        foreach (string reason in report.Reasons)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {reason.ReplaceLineEndings(" ")}\n");
        }

        text.Append(report.Reasons.Count > 0 ? "\n" : "").Append("| what | figure |\n|---|---|\n");
        foreach ((string what, string figure) in Rows(report))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {what} | {figure} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n## Machine\n\n{machine}; {report.Cores} cores, shared by all that follows. Cores kept busy on average in the measured window:\n\n| process | cores |\n|---|---|\n");
        foreach (CpuShare share in cpu)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {share.Process} | {share.Cores:0.00} |\n");
        }

        return text.ToString();
    }

    /// <summary>The figures in a few lines for a terminal.</summary>
    public static string Summary(Report report)
    {
        var text = new StringBuilder();
        foreach ((string what, string figure) in Rows(report))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {what,-22} {figure}\n");
        }

        return text.ToString();
    }

    private static IEnumerable<(string What, string Figure)> Rows(Report report)
    {
        yield return ("measured", Text($"{report.Seconds:0.0} s, {report.Nodes} nodes, {report.Devices} phones, fsync {(report.Fsync ? "on" : "off")}"));
        yield return ("blocks", Text($"{report.Blocks}"));
        yield return ("proofs", Text($"{report.Proofs.Finalized} finalized ({report.Proofs.PerSecond:0.0}/s), {report.Proofs.Accepted} accepted, {report.Proofs.Refused} submissions refused"));
        yield return ("accept to finalized", Text($"p50 {report.LatencyMs.P50:0.0} ms, p95 {report.LatencyMs.P95:0.0} ms, p99 {report.LatencyMs.P99:0.0} ms"));
        yield return ("signature bound", Text($"{report.SignatureBoundPerSecond:0}/s; reached {report.RatioToBound * 100:0.0} %"));
        yield return ("anchors", Text($"{report.Anchors.Count} on {report.Anchors.Chain}{(report.Anchors.Gas.Count > 0 ? $", gas {string.Join(", ", report.Anchors.Gas)}" : "")}"));
        yield return ("state roots equal", report.StateRootsEqual ? "yes" : "no");
        yield return ("resident memory", Text($"{string.Join(", ", report.RssMb.Select(mb => mb.ToString("0", CultureInfo.InvariantCulture)))} MiB"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
