using System.Text.Json;
using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Cli;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Tests;

public class SimulateCommandTests
{
    [Fact]
    public void Json_is_one_line_with_exactly_the_fields_that_scripts_read()
    {
        (int code, string output, _) = Run("--nodes", "4", "--blocks", "5", "--seed", "3", "--delay", "20ms", "--jitter", "2ms", "--json");
        Assert.Equal(0, code);
        JsonElement run = JsonDocument.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal(
            ["trace", "violations", "blocks", "virtual_seconds", "wall_seconds", "interval_ms", "finality_ms", "messages_per_node_per_block", "bytes_per_node_per_block"],
            run.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["p50", "p99"], run.GetProperty("interval_ms").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["p50", "p99"], run.GetProperty("finality_ms").EnumerateObject().Select(p => p.Name));
        Assert.Equal(0, run.GetProperty("violations").GetArrayLength());
        Assert.True(run.GetProperty("blocks").GetInt32() >= 5);
    }

    [Fact]
    public void A_failing_seed_prints_the_command_that_repeats_it_and_a_shrunken_schedule()
    {
        (int code, string output, string errors) = Run(
            "--nodes", "4", "--blocks", "8", "--seed", "2", "--delay", "5ms", "--attack", "equivocate", "--byzantine", "2", "--loss", "0.05",
            "--faults", "crash:1@10+20,split:3@50+100,jump:2by500@20+20");
        Assert.Equal(1, code);
        Assert.Contains("FAILED", output, StringComparison.Ordinal);
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string repeat = Assert.Single(lines, l => l.StartsWith("repeat: aeamc simulate ", StringComparison.Ordinal));
        string shrunk = Assert.Single(lines, l => l.StartsWith("shrunk: aeamc simulate ", StringComparison.Ordinal));
        Assert.Contains("--faults crash:1@10+20,split:3@50+100,jump:2by500@20+20", repeat, StringComparison.Ordinal);
        Assert.True(shrunk.Length < repeat.Length, shrunk);
        Assert.Single(lines, l => l.StartsWith("shrunken schedule:", StringComparison.Ordinal));

        (int again, string outputAgain, _) = Run(repeat["repeat: aeamc simulate ".Length..].Split(' '));
        Assert.Equal(1, again);
        Assert.Equal(WithoutTime(output), WithoutTime(outputAgain));
        Assert.Equal(1, Run(shrunk["shrunk: aeamc simulate ".Length..].Split(' ')).Code);
    }

    [Fact]
    public void Seeds_run_one_after_another_as_one_json_object_a_line()
    {
        (int code, string output, _) = Run("--random", "--seeds", "3", "--seed", "10", "--json");
        Assert.Equal(0, code);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal(lines[1], Run("--random", "--seed", "11", "--json").Output.Trim(), new WithoutWallTime());
    }

    [Fact]
    public void Crashes_at_a_rate_and_real_delays_are_understood()
    {
        (int code, string output, string errors) = Run("--nodes", "4", "--blocks", "10", "--delay", "wan", "--crash", "0.5", "--attack", "delay,drop", "--loss", "0.1");
        Assert.True(code == 0, output + errors);
    }

    [Fact]
    public void A_report_folder_holds_the_figures_the_blocks_and_a_plot()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Assert.Equal(0, Run("--blocks", "5", "--report", folder).Code);
            JsonElement report = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "report.json"))).RootElement;
            Assert.True(report.GetProperty("received_over_needed_bytes").GetDouble() >= 1);
            Assert.Equal(6, File.ReadAllLines(Path.Combine(folder, "blocks.csv")).Length);
            Assert.StartsWith("<svg", File.ReadAllText(Path.Combine(folder, "latency.svg")), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Theory]
    [InlineData("--loss", "x")]
    [InlineData("--loss", "1")]
    [InlineData("--nodes", "0")]
    [InlineData("--attack", "nonsense")]
    [InlineData("--byzantine", "1")]
    [InlineData("--byzantine", "4", "--attack", "drop")]
    [InlineData("--delay", "far")]
    [InlineData("--crash", "-1")]
    [InlineData("--nodes", "200", "--stack", "full")]
    [InlineData("--sign")]
    [InlineData("--faults", "crash:1")]
    [InlineData("--seed")]
    [InlineData("--what", "1")]
    public void A_wrong_command_line_is_refused(params string[] args)
    {
        (int code, string output, string errors) = Run(args);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.NotEmpty(errors);
    }

    [Fact]
    public void Faults_are_read_as_they_are_written()
    {
        List<Fault> faults = FaultSchedule.Draw(new Cluster.SplitMix(5), 7, 1000, 6, 6, 6);
        faults.AddRange(FaultSchedule.Disks(new Cluster.SplitMix(5), 7, 1000, 3, 3));
        faults.AddRange(FaultSchedule.Stores(new Cluster.SplitMix(5), 7, 1000, 6, 6));
        Assert.Equal(faults, FaultSchedule.Parse(string.Join(',', faults)));
        Assert.Null(FaultSchedule.Parse("crash:1@2"));
    }

    [Fact]
    public void Shrinking_keeps_what_the_failure_needs()
    {
        var needed = new Fault.Crash(3, CrashPoint.Now, 100, 50);
        var options = new SimulationOptions
        {
            Blocks = 16,
            LossPermille = 100,
            Attacks = [Attack.Drop, Attack.Delay],
            Faults = [.. FaultSchedule.Draw(new Cluster.SplitMix(1), 4, 1000, 5, 5, 5), needed],
        };
        SimulationOptions shrunk = Shrinker.Shrink(options, o => o.Faults.Contains(needed) && o.Attacks.Contains(Attack.Delay) ? ["broken at 7"] : []);
        Assert.Equal([needed], shrunk.Faults);
        Assert.Equal([Attack.Delay], shrunk.Attacks);
        Assert.Equal((0, 1), (shrunk.LossPermille, shrunk.Blocks));
    }

    private static string WithoutTime(string text) =>
        string.Join('\n', text.Split('\n').Where(l => !l.Contains("of real time", StringComparison.Ordinal)));

    private static (int Code, string Output, string Errors) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = SimulateCommand.Run(args, output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>Two lines that differ only in how long the machine took.</summary>
    private sealed class WithoutWallTime : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => Trace(x!) == Trace(y!);

        public int GetHashCode(string obj) => Trace(obj).GetHashCode(StringComparison.Ordinal);

        private static string Trace(string line) => JsonDocument.Parse(line).RootElement.GetProperty("trace").GetString()!;
    }
}
