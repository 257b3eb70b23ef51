namespace Aeamc.P2P.Testnet.Tests;

public sealed class TestnetCommandTests
{
    [Fact]
    public async Task Without_arguments_the_main_job_is_run()
    {
        TestnetOptions options = await ParseAsync();
        Assert.Equal(new TestnetOptions(), options);
        Assert.Equal(4, options.Nodes);
        Assert.Equal(25, options.Devices);
        Assert.Null(options.Duration);
        Assert.Equal(ChainChoice.Anvil, options.Chain);
        Assert.False(options.Load.Wanted);
        Assert.True(options.ProofsWanted);
    }

    [Fact]
    public async Task Every_option_reaches_the_run()
    {
        TestnetOptions options = await ParseAsync(
            "--nodes", "7", "--devices", "3", "--duration", "60", "--load", "1500", "--seed", "42", "--chain", "journal", "--report", "out", "--dir", "net",
            "--keep", "--api-port", "21000", "--p2p-port", "22000");
        Assert.Equal(
            new TestnetOptions
            {
                Nodes = 7,
                Devices = 3,
                Duration = TimeSpan.FromSeconds(60),
                Load = new LoadTarget(1500),
                Seed = 42,
                Chain = ChainChoice.Journal,
                ReportFolder = "out",
                Folder = "net",
                Keep = true,
                ApiPort = 21_000,
                P2PPort = 22_000,
            },
            options);
    }

    [Fact]
    public async Task The_load_may_be_as_much_as_possible() => Assert.Equal(LoadTarget.Max, (await ParseAsync("--load", "max")).Load);

    [Fact]
    public async Task A_run_without_devices_and_load_wants_no_proofs() => Assert.False((await ParseAsync("--devices", "0")).ProofsWanted);

    [Theory]
    [InlineData("--nodes", "0", "1 to 32")]
    [InlineData("--nodes", "33", "1 to 32")]
    [InlineData("--devices", "-1", "0 to 10000")]
    [InlineData("--duration", "-5", "0 to 604800")]
    [InlineData("--load", "fast", "neither max nor a number")]
    [InlineData("--load", "1000001", "neither max nor a number")]
    [InlineData("--load", "-1", "neither max nor a number")]
    [InlineData("--chain", "ethereum", "Choose anvil or journal")]
    [InlineData("--api-port", "80", "1024 to")]
    [InlineData("--p2p-port", "65535", "1024 to")]
    [InlineData("--seed", "-1", "--seed")]
    [InlineData("--nodes", "many", "many")]
    public void An_impossible_value_is_refused_with_what_is_possible(string option, string value, string mend)
    {
        IReadOnlyList<string> errors = [.. TestnetCommand.Build((_, _) => Task.FromResult(0)).Parse([option, value]).Errors.Select(error => error.Message)];
        Assert.Contains(mend, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_ranges_that_overlap_are_refused()
    {
        string[] arguments = ["--api-port", "21000", "--p2p-port", "21003", "--nodes", "4"];
        Assert.Equal(TestnetCommand.Usage, await TestnetCommand.InvokeAsync(arguments, (_, _) => Task.FromResult(0)));
        Assert.Equal(3, (await ParseAsync([.. arguments[..^1], "3"])).Nodes);
    }

    [Fact]
    public async Task Wrong_arguments_are_told_and_nothing_is_run() => Assert.Equal(
        TestnetCommand.Usage, await TestnetCommand.InvokeAsync(["--chain", "ethereum"], (_, _) => throw new InvalidOperationException("Must not be run.")));

    [Fact]
    public void An_unknown_option_is_refused() => Assert.NotEmpty(TestnetCommand.Build((_, _) => Task.FromResult(0)).Parse(["--node", "4"]).Errors);

    private static async Task<TestnetOptions> ParseAsync(params string[] arguments)
    {
        TestnetOptions? seen = null;
        int code = await TestnetCommand.InvokeAsync(arguments, (options, _) =>
        {
            seen = options;
            return Task.FromResult(0);
        });
        Assert.Equal(0, code);
        Assert.NotNull(seen);
        return seen;
    }
}
