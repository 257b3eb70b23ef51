using System.Text.Json;
using Aeamc.P2P.Testnet.Measuring;
using Aeamc.P2P.Testnet.Reporting;

namespace Aeamc.P2P.Testnet.Tests.Reporting;

public sealed class ReportTests
{
    private static readonly Report Sample = new(
        Verdict.Fail,
        ["No proof was finalized."],
        60.01,
        4,
        25,
        2,
        Fsync: true,
        1200,
        new ProofFigures(90_000, 3, 89_990, 1499.8),
        new LatencyFigures(31.5, 60, 88.25),
        8000,
        0.1875,
        new AnchorFigures(2, "31337", [52_000, 43_100]),
        StateRootsEqual: true,
        [120.5, 119]);

    [Fact]
    public void The_json_is_the_one_that_other_programs_read()
    {
        using JsonDocument json = JsonDocument.Parse(Sample.ToJson());
        const string expected = """{"verdict":"fail","reasons":["No proof was finalized."],"seconds":60.01,"nodes":4,"devices":25,"cores":2,"fsync":true,"blocks":1200,"proofs":{"accepted":90000,"refused":3,"finalized":89990,"per_second":1499.8},"latency_ms":{"p50":31.5,"p95":60,"p99":88.25},"signature_bound_per_second":8000,"ratio_to_bound":0.1875,"anchors":{"count":2,"chain":"31337","gas":[52000,43100]},"state_roots_equal":true,"rss_mb":[120.5,119]}""";
        Assert.Equal(expected, JsonSerializer.Serialize(json.RootElement));
    }

    [Fact]
    public void Only_a_report_without_reasons_passed()
    {
        Assert.False(Sample.Passed);
        Assert.True((Sample with { Reasons = [] }).Passed);
    }

    [Fact]
    public void Both_files_are_written_into_a_folder_that_need_not_be_there()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            string reports = Path.Combine(folder.FullName, "a", "b");
            ReportWriter.Write(reports, Sample, [new CpuShare("node-0", 0.25)], "Linux");
            Assert.Equal(Sample.ToJson(), File.ReadAllText(Path.Combine(reports, "report.json")));
            string text = File.ReadAllText(Path.Combine(reports, "report.md"));
            Assert.StartsWith("# Testnet report: fail", text, StringComparison.Ordinal);
            Assert.Contains("- No proof was finalized.", text, StringComparison.Ordinal);
            Assert.Contains("| node-0 | 0.25 |", text, StringComparison.Ordinal);
            Assert.Contains("reached 18.8 %", text, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
