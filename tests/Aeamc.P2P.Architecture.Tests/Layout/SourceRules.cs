using System.Text.RegularExpressions;

namespace Aeamc.P2P.Architecture.Tests.Layout;

/// <summary>What no source file says, and where a sleep or a bare clock may not stand.</summary>
internal static partial class SourceRules
{
    internal static IEnumerable<string> Violations(string half, string source)
    {
        foreach (Match match in Unfinished().Matches(source))
        {
            yield return Describe(source, match, "is unfinished work");
        }

        if (half == "tests")
        {
            foreach (Match match in SleepOrSkip().Matches(source))
            {
                yield return Describe(source, match, "makes a test slow, flaky or absent");
            }
        }

        if (half is "node" or "consensus")
        {
            foreach (Match match in BareClock().Matches(source))
            {
                yield return Describe(source, match, "takes time from elsewhere than the injected TimeProvider");
            }
        }
    }

    private static string Describe(string source, Match match, string why) =>
        $"line {source.AsSpan(0, match.Index).Count('\n') + 1}: '{match.Value.Trim()}' {why}";

    [GeneratedRegex(@"//.*\b(TODO|FIXME|HACK|XXX)\b|\bNotImplementedException\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\bThread\.Sleep\s*\(|\bTask\.Delay\s*\(|\[(Fact|Theory)\s*\([^\]]*\bSkip(Unless|When)?\s*=")]
    private static partial Regex SleepOrSkip();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?Now\b|\bThread\.Sleep\s*\(|\bTask\.Delay\s*\([^,()]*(\([^()]*\))?[^,()]*\)")]
    private static partial Regex BareClock();
}
