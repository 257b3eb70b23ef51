using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Aeamc.P2P.Simulator.Baseline;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Reporting;

namespace Aeamc.P2P.Simulator.Cli;

/// <summary><c>aeamc simulate compare</c>: against a textbook Tendermint.</summary>
internal static class CompareCommand
{
    private static readonly int[] Sizes = [4, 7, 16, 31, 64, 100];
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Command Build(TextWriter output)
    {
        var nodes = new Option<int>("--nodes") { Description = "Members for latency and stalls.", HelpName = "N", DefaultValueFactory = _ => 16 };
        var blocks = new Option<int>("--blocks") { Description = "Blocks of each run.", HelpName = "N", DefaultValueFactory = _ => 200 };
        var delay = new Option<string>("--delay") { Description = "One-way delay, or wan.", HelpName = "50ms|wan", DefaultValueFactory = _ => "50ms" };
        var seed = new Option<ulong>("--seed") { HelpName = "N", DefaultValueFactory = _ => 1 };
        var report = new Option<string?>("--report") { Description = "Write compare.json, compare.csv, latency-cdf.svg, throughput.svg and stall.svg here.", HelpName = "DIR" };
        var command = new Command(
            "compare",
            "Ours against a textbook Tendermint (arXiv:1807.04938) on the same links, signatures, block sizes and assumed delay D. Exit code 0 only when ours has the lower median latency of an entry and at most half the stall under a failed leader.\n\nExample: aeamc simulate compare --report out")
        {
            nodes, blocks, delay, seed, report,
        };
        command.SetAction(parsed =>
        {
            string text = parsed.GetValue(delay)!;
            LatencyModel? latency = text == "wan" ? LatencyModel.Wan() : CommandLine.Microseconds(text) is { } microseconds ? LatencyModel.Uniform(microseconds) : null;
            int n = parsed.GetValue(nodes);
            if (latency is null || n is < 4 or > 300 || parsed.GetValue(blocks) is < 10 or > 100_000)
            {
                output.WriteLine("Choose 4 to 300 nodes, 10 to 100000 blocks, and a delay as 50ms or wan.");
                return SimulateCommand.Usage;
            }

            return Run(n, parsed.GetValue(blocks), latency, parsed.GetValue(seed), parsed.GetValue(report), output);
        });
        return command;
    }

    private static int Run(int nodes, int blocks, LatencyModel latency, ulong seed, string? report, TextWriter output)
    {
        ComparedPair calm = Comparison.Run(nodes, blocks, latency, 0, seed);
        ComparedPair one = Comparison.Run(nodes, blocks, latency, 1, seed);
        ComparedPair most = Comparison.Run(nodes, blocks, latency, (nodes - 1) / 3, seed);
        List<ComparedPair> sizes = [.. Sizes.Select(n => Comparison.Run(n, Math.Max(20, Math.Min(blocks, 4_000 / n)), latency, 0, seed))];
        var stalls = new[] { one, most }.Select(p => (Pair: p, Ours: p.Ours.Milliseconds - calm.Ours.Milliseconds, Tendermint: p.Tendermint.Milliseconds - calm.Tendermint.Milliseconds)).ToArray();

        Line($"n = {nodes}, {blocks} blocks, delay {latency.Name}            ours    Tendermint");
        Row("entry until final, p50 (ms)", calm.Ours.Entry.Milliseconds(0.5), calm.Tendermint.Entry.Milliseconds(0.5));
        Row("entry until final, p99 (ms)", calm.Ours.Entry.Milliseconds(0.99), calm.Tendermint.Entry.Milliseconds(0.99));
        Row("proposal until final, p50 (ms)", calm.Ours.Finality.Milliseconds(0.5), calm.Tendermint.Finality.Milliseconds(0.5));
        Row("block interval, p50 (ms)", calm.Ours.IntervalMilliseconds, calm.Tendermint.IntervalMilliseconds);
        Row("messages a node and block", calm.Ours.MessagesPerNodeAndBlock, calm.Tendermint.MessagesPerNodeAndBlock);
        Row("bytes a node and block", calm.Ours.BytesPerNodeAndBlock, calm.Tendermint.BytesPerNodeAndBlock);
        foreach ((ComparedPair pair, double ours, double tendermint) in stalls)
        {
            Row($"{pair.Failed} failed: time lost in all (ms)", ours, tendermint);
            Row($"{pair.Failed} failed: longest without a block (ms)", pair.Ours.LongestStall, pair.Tendermint.LongestStall);
        }

        foreach (ComparedPair pair in sizes)
        {
            Row($"n = {pair.Nodes}: blocks a second", pair.Ours.BlocksPerSecond, pair.Tendermint.BlocksPerSecond);
            Row($"n = {pair.Nodes}: bytes a node and block", pair.Ours.BytesPerNodeAndBlock, pair.Tendermint.BytesPerNodeAndBlock);
            Row($"n = {pair.Nodes}: received over needed bytes", pair.Ours.Duplication, pair.Tendermint.Duplication);
        }

        double calmGap = calm.Ours.IntervalMilliseconds, baselineGap = calm.Tendermint.IntervalMilliseconds;
        Row("1 failed: longest gap beyond the interval (ms)", one.Ours.LongestStall - calmGap, one.Tendermint.LongestStall - baselineGap);
        bool faster = calm.Ours.Entry.Milliseconds(0.5) < calm.Tendermint.Entry.Milliseconds(0.5);
        bool steadier = stalls[0].Ours * 2 <= stalls[0].Tendermint;
        Line($"lower median latency: {(faster ? "yes" : "NO")}; at most half the stall under a failed leader: {(steadier ? "yes" : "NO")} ({stalls[0].Ours / stalls[0].Tendermint:f2})");
        if (report is not null)
        {
            Write(report, calm, stalls, sizes, latency);
        }

        return faster && steadier ? SimulateCommand.Pass : SimulateCommand.Fail;

        void Row(string what, double ours, double tendermint) => Line($"{what,-48}{ours,10:f1}{tendermint,14:f1}");

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }

    private static void Write(string folder, ComparedPair calm, (ComparedPair Pair, double Ours, double Tendermint)[] stalls, List<ComparedPair> sizes, LatencyModel latency)
    {
        Directory.CreateDirectory(folder);
        var cdf = new SvgChart($"From an entry's arrival until it is final, n = {calm.Nodes}, delay {latency.Name}", "milliseconds", "share of entries");
        cdf.AddLine("Aeamc.P2P (Simplex)", ReportFolder.Cdf(calm.Ours.Entry));
        cdf.AddLine("textbook Tendermint", ReportFolder.Cdf(calm.Tendermint.Entry));
        File.WriteAllText(Path.Combine(folder, "latency-cdf.svg"), cdf.ToString());

        var throughput = new SvgChart($"Throughput against committee size, delay {latency.Name}", "members", "blocks a second");
        throughput.AddLine("Aeamc.P2P (Simplex)", [.. sizes.Select(p => ((double)p.Nodes, p.Ours.BlocksPerSecond))]);
        throughput.AddLine("textbook Tendermint", [.. sizes.Select(p => ((double)p.Nodes, p.Tendermint.BlocksPerSecond))]);
        File.WriteAllText(Path.Combine(folder, "throughput.svg"), throughput.ToString());

        var bars = new SvgBars($"Stall under failed leaders, n = {calm.Nodes}, delay {latency.Name}", "milliseconds", ["Aeamc.P2P (Simplex)", "textbook Tendermint"]);
        foreach ((ComparedPair pair, double ours, double tendermint) in stalls)
        {
            bars.AddGroup($"{pair.Failed} failed: lost a block", ours / pair.Ours.Blocks, tendermint / pair.Tendermint.Blocks);
            bars.AddGroup($"{pair.Failed} failed: longest gap", pair.Ours.LongestStall, pair.Tendermint.LongestStall);
        }

        File.WriteAllText(Path.Combine(folder, "stall.svg"), bars.ToString());
        ComparedPair[] all = [calm, .. stalls.Select(s => s.Pair), .. sizes];
        string[] rows = [.. all.SelectMany(p => new[] { Row(p, "simplex", p.Ours), Row(p, "tendermint", p.Tendermint) })];
        File.WriteAllText(
            Path.Combine(folder, "compare.csv"),
            "protocol,nodes,failed,entry_p50_ms,entry_p99_ms,finality_p50_ms,interval_p50_ms,total_ms,longest_stall_ms,blocks_per_second,messages_per_node_per_block,bytes_per_node_per_block,received_over_needed\n" + string.Join('\n', rows) + "\n");
        File.WriteAllText(Path.Combine(folder, "compare.json"), JsonSerializer.Serialize(all.Select(p => new { p.Nodes, p.Failed, Ours = Flat(p.Ours), Tendermint = Flat(p.Tendermint) }), Json));
    }

    private static string Row(ComparedPair pair, string protocol, Measured m) => string.Create(
        CultureInfo.InvariantCulture,
        $"{protocol},{pair.Nodes},{pair.Failed},{m.Entry.Milliseconds(0.5)},{m.Entry.Milliseconds(0.99)},{m.Finality.Milliseconds(0.5)},{m.IntervalMilliseconds},{m.Milliseconds},{m.LongestStall},{m.BlocksPerSecond:f3},{m.MessagesPerNodeAndBlock},{m.BytesPerNodeAndBlock},{m.Duplication}");

    private static object Flat(Measured m) => new
    {
        EntryP50Ms = m.Entry.Milliseconds(0.5),
        EntryP99Ms = m.Entry.Milliseconds(0.99),
        FinalityP50Ms = m.Finality.Milliseconds(0.5),
        IntervalP50Ms = m.IntervalMilliseconds,
        TotalMs = m.Milliseconds,
        LongestStallMs = m.LongestStall,
        m.BlocksPerSecond,
        MessagesPerNodePerBlock = m.MessagesPerNodeAndBlock,
        BytesPerNodePerBlock = m.BytesPerNodeAndBlock,
        ReceivedOverNeeded = m.Duplication,
    };
}
