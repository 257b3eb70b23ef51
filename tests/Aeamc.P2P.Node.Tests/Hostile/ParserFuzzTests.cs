using Aeamc.P2P.Fuzz.Parsers;

namespace Aeamc.P2P.Node.Tests.Hostile;

/// <summary>A short run of the fuzzer with fixed seeds; <c>tests/Aeamc.P2P.Fuzz</c> runs as long as it is asked to.</summary>
public sealed class ParserFuzzTests
{
    private const int Inputs = 1500;

    public static TheoryData<string> Parsers => [.. AllTargets.List.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Parsers))]
    public void No_input_breaks_a_parser(string parser)
    {
        FuzzTarget target = AllTargets.List.Single(item => item.Name == parser);
        Assert.Null(Fuzzer.Run(target, seed: 1, first: 0, Inputs));
    }

    [Fact]
    public void A_finding_names_the_input_and_the_command_that_repeats_it()
    {
        var target = new FuzzTarget("sample", [[1, 2, 3]], [], input => FuzzTarget.Require(input.Length < 20, "short inputs only"));
        Finding? finding = Fuzzer.Run(target, seed: 5, first: 0, count: 10_000);
        Assert.NotNull(finding);
        Assert.Equal("short inputs only", finding.What);
        Assert.Equal(finding.Input, Fuzzer.Run(target, seed: 5, first: finding.Iteration, count: 1)!.Input);
        Assert.Contains($"--parser sample --seed 5 --iteration {finding.Iteration}", finding.ToString(), StringComparison.Ordinal);
        Assert.NotNull(Fuzzer.Try(target with { Run = static _ => new byte[64 << 20].ToString()! }, new FuzzInput([]), out _));
        Assert.NotNull(Fuzzer.Try(target with { Run = static _ => throw new InvalidOperationException() }, new FuzzInput([]), out _));
        Assert.Equal("no", Fuzzer.Try(target, new FuzzInput([], static () => throw new FuzzException("no")), out _));
    }
}
