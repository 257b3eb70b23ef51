namespace Aeamc.P2P.Architecture.Tests.Layout;

public sealed class SourceTests
{
    [Theory]
    [InlineData("consensus")]
    [InlineData("node")]
    [InlineData("testnet")]
    [InlineData("tests")]
    public void The_source_keeps_the_rules(string half)
    {
        List<string> violations = [];
        // The rules themselves and these tests quote what they forbid.
        foreach (string path in Repository.Files(half, ".cs").Where(path => !path.Contains(".Architecture.Tests", StringComparison.Ordinal)))
        {
            violations.AddRange(SourceRules.Violations(half, File.ReadAllText(path)).Select(violation => $"{Repository.Relative(path)}, {violation}"));
        }

        Assert.Empty(violations);
    }

    [Theory]
    [InlineData("node", "// TODO: later")]
    [InlineData("testnet", "throw new NotImplementedException();")]
    [InlineData("tests", "await Task.Delay(10);")]
    [InlineData("tests", "Thread.Sleep(10);")]
    [InlineData("tests", "[Fact(Skip = \"flaky\")]")]
    [InlineData("node", "var now = DateTimeOffset.UtcNow;")]
    [InlineData("node", "await Task.Delay(TimeSpan.FromSeconds(1));")]
    public void A_broken_rule_is_found(string half, string source) => Assert.Single(SourceRules.Violations(half, source));

    [Theory]
    [InlineData("node", "await Task.Delay(TimeSpan.FromSeconds(1), time, stop);")]
    [InlineData("node", "time.GetUtcNow()")]
    [InlineData("tests", "string todo = \"not a comment\";")]
    public void What_only_looks_alike_passes(string half, string source) => Assert.Empty(SourceRules.Violations(half, source));
}
