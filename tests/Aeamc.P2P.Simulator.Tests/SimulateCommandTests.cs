namespace Aeamc.P2P.Simulator.Tests;

public class SimulateCommandTests
{
    [Fact]
    public void A_failing_seed_prints_the_command_that_repeats_it()
    {
        (int code, string output, string errors) = Run("--attack", "equivocating-leader", "--byzantine", "2", "--blocks", "3", "--seed", "2");
        Assert.Equal(1, code);
        Assert.Contains("FAILED", output, StringComparison.Ordinal);
        string command = errors.Trim()["repeat: aeamc-simulate ".Length..];

        (int again, string outputAgain, _) = Run(command.Split(' '));
        Assert.Equal(1, again);
        Assert.Equal(output, outputAgain);
    }

    [Fact]
    public void Seeds_run_one_after_another_as_one_json_object_a_line()
    {
        (int code, string output, _) = Run("--random", "--seeds", "3", "--seed", "10", "--json");
        Assert.Equal(0, code);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.True(System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("passed").GetBoolean()));
    }

    [Theory]
    [InlineData("--loss", "x")]
    [InlineData("--loss", "1001")]
    [InlineData("--nodes", "0")]
    [InlineData("--attack", "nonsense")]
    [InlineData("--byzantine", "1")]
    [InlineData("--seed")]
    [InlineData("--what", "1")]
    public void A_wrong_command_line_is_refused_with_the_usage(params string[] args)
    {
        (int code, string output, string errors) = Run(args);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains("aeamc-simulate [--seed N]", errors, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Errors) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = SimulateCommand.Run(args, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
