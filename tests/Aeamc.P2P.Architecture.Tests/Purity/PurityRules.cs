using System.Text.RegularExpressions;

namespace Aeamc.P2P.Architecture.Tests.Purity;

/// <summary>What code that two honest nodes must compute identically may not name: clocks, entropy, threads, I/O, its machine, floating point, unordered walks.</summary>
internal static partial class PurityRules
{
    private static readonly string[] Types =
    [
        "System.DateTime", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly", "System.TimeProvider", "System.Diagnostics.Stopwatch",
        "System.Random", "System.Security.Cryptography.RandomNumberGenerator", "System.HashCode", "System.Environment", "System.Console", "System.AppContext",
        "System.Double", "System.Single", "System.Half", "System.Decimal", "System.Diagnostics.Process", "System.Diagnostics.Debug",
    ];

    private static readonly string[] Namespaces = ["System.Threading.", "System.IO.", "System.Net.", "System.Runtime.InteropServices.Marshalling."];

    private static readonly string[] Unordered =
    [
        "System.Collections.Generic.Dictionary`2", "System.Collections.Generic.HashSet`1", "System.Collections.Hashtable",
        "System.Collections.Concurrent.ConcurrentDictionary`2", "System.Collections.Frozen.FrozenDictionary`2", "System.Collections.Frozen.FrozenSet`1",
        "System.Collections.Immutable.ImmutableDictionary`2", "System.Collections.Immutable.ImmutableHashSet`1",
    ];

    private static readonly string[] Walks = ["GetEnumerator", "get_Keys", "get_Values", "CopyTo", "get_Items", "get_UnorderedItems"];

    internal static bool Forbids(Use use) => !IsCompilersOwn(use)
        && (Types.Contains(use.Type)
            || Namespaces.Any(start => use.Type.StartsWith(start, StringComparison.Ordinal))
            || use is { Type: "System.Guid", Member: "NewGuid" or "CreateVersion7" }
            || use is { Type: "System.String" or "System.StringComparer" or "System.Runtime.CompilerServices.RuntimeHelpers", Member: "GetHashCode" }
            || (use.Type == "System.GC" && !use.Member.StartsWith("Allocate", StringComparison.Ordinal))
            || (Unordered.Contains(use.Type) && Walks.Contains(use.Member))
            || Unordered.Any(type => use.Type.StartsWith(type + "+", StringComparison.Ordinal)));

    /// <summary>
    /// Walks over unordered collections that the compiled code hides behind an interface (LINQ, spreads): found in the source by the names that
    /// are declared as such collections in the same file.
    /// </summary>
    internal static IEnumerable<string> HiddenWalks(string source)
    {
        foreach (string name in Declaration().Matches(source).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal))
        {
            var walk = new Regex($@"\bin\s+(this\.)?{name}\s*\)|\.\.\s*{name}\b(?!\s*[.\[])|\b{name}\s*\.\s*(Select|Where|Order|ToList|ToArray|First|Last|Single|Aggregate|Sum|Min|Max|Take|Skip|Zip|Concat|GroupBy|All|Any|Reverse|Cast|OfType|To[A-Z]\w*|AsEnumerable)\w*\s*\(");
            foreach (Match match in walk.Matches(source))
            {
                int line = source.AsSpan(0, match.Index).Count('\n') + 1;
                yield return $"line {line}: '{match.Value}' walks {name}, which has no order";
            }
        }
    }

    // Iterator methods compare thread ids, which never shows in a result.
    private static bool IsCompilersOwn(Use use) => use is { Type: "System.Environment", Member: "get_CurrentManagedThreadId" };

    [GeneratedRegex(@"\b(Dictionary|HashSet|ConcurrentDictionary|FrozenDictionary|FrozenSet|ImmutableDictionary|ImmutableHashSet)<[^;={}]*?>\??\s+(?<name>_?\w+)\s*(=|;|,|\)|\{|in\b)")]
    private static partial Regex Declaration();
}
