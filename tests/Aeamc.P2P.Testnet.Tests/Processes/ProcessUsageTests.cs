using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Testnet.Tests.Processes;

public sealed class ProcessUsageTests
{
    [Fact]
    public void A_line_of_proc_is_read_also_when_the_name_has_blanks_and_parentheses()
    {
        const string stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 5 1000 200";
        Assert.Equal(new ProcessUsage(TimeSpan.FromSeconds(3), 300 * 4096), ProcessUsage.Parse(stat, "900 300 10 1 0 100 0\n", 4096));
    }

    [Theory]
    [InlineData("", "900 300")]
    [InlineData("42 (a) S 1 42", "900 300")]
    [InlineData("42 (a) S 1 42 42 0 -1 4194560 100 0 0 0 x y 0 0", "900 300")]
    [InlineData("42 (a) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0", "")]
    public void Anything_else_is_nothing(string stat, string statm) => Assert.Null(ProcessUsage.Parse(stat, statm, 4096));

    [Fact]
    public void This_process_has_used_some_memory() => Assert.True(ProcessUsage.Of(Environment.ProcessId)?.ResidentBytes > 1024 * 1024);

    [Fact]
    public void A_process_that_is_not_there_has_none() => Assert.Null(ProcessUsage.Of(int.MaxValue));
}
