namespace Aeamc.P2P.Architecture.Tests.Purity;

public sealed class PurityTests
{
    public static TheoryData<string> PureAssemblies => ["Aeamc.P2P.Primitives", "Aeamc.P2P.Threshold", "Aeamc.P2P.Consensus", "Aeamc.P2P.Ledger", "Aeamc.P2P.Blocks"];

    [Theory]
    [MemberData(nameof(PureAssemblies))]
    public void The_replicated_code_names_nothing_impure(string assembly)
    {
        IReadOnlyList<Use> uses = AssemblyScan.Read(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), _ => true);
        Assert.NotEmpty(uses);
        Assert.Equal([], uses.Where(PurityRules.Forbids));
    }

    [Fact]
    public void Every_assembly_of_consensus_is_looked_at() => Assert.Equal(
        Repository.Files("consensus", ".csproj").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal),
        PureAssemblies.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Fact]
    public void The_replicated_source_walks_nothing_unordered()
    {
        List<string> walks = [];
        foreach (string path in Repository.Files("consensus", ".cs"))
        {
            walks.AddRange(PurityRules.HiddenWalks(File.ReadAllText(path)).Select(walk => $"{Repository.Relative(path)}, {walk}"));
        }

        Assert.Empty(walks);
    }

    [Theory]
    [InlineData("ReadsTheClock", "System.DateTime")]
    [InlineData("MeasuresTime", "System.Diagnostics.Stopwatch")]
    [InlineData("TakesATimeProvider", "System.TimeProvider")]
    [InlineData("Draws", "System.Random")]
    [InlineData("NamesItself", "System.Guid")]
    [InlineData("RunsLater", "System.Threading.Tasks.Task")]
    [InlineData("Waits", "System.Threading.Thread")]
    [InlineData("ReadsAFile", "System.IO.File")]
    [InlineData("Resolves", "System.Net.Dns")]
    [InlineData("LooksAtItsMachine", "System.Environment")]
    [InlineData("HashesPerProcess", "System.HashCode")]
    [InlineData("HashesText", "System.String")]
    [InlineData("AsksTheCollector", "System.GC")]
    [InlineData("Divides", "System.Double")]
    [InlineData("Rounds", "System.Single")]
    [InlineData("WalksADictionary", "System.Collections.Generic.Dictionary`2")]
    [InlineData("WalksASet", "System.Collections.Generic.HashSet`1")]
    [InlineData("WalksTheKeys", "System.Collections.Generic.Dictionary`2")]
    public void Each_impurity_is_found_in_compiled_code(string method, string type)
    {
        const string Fixture = "Aeamc.P2P.Architecture.Tests.Fixtures.Impure";
        IReadOnlyList<Use> uses = AssemblyScan.Read(typeof(PurityTests).Assembly.Location, name => name == Fixture);
        Assert.Contains(uses.Where(PurityRules.Forbids), use => use.Where == $"{Fixture}.{method}" && use.Type == type);
    }

    [Fact]
    public void Pure_code_passes()
    {
        const string Fixture = "Aeamc.P2P.Architecture.Tests.Fixtures.Pure";
        IReadOnlyList<Use> uses = AssemblyScan.Read(
            typeof(PurityTests).Assembly.Location, name => name == Fixture || name.StartsWith(Fixture + "+", StringComparison.Ordinal));
        Assert.Contains(uses, use => use.Member == "TryGetValue");
        Assert.Contains(uses, use => use.Member == "get_CurrentManagedThreadId");
        Assert.Equal([], uses.Where(PurityRules.Forbids));
    }

    [Theory]
    [InlineData("Dictionary<int, int> map = []; foreach (var pair in map) { }")]
    [InlineData("private readonly Dictionary<Hash256, List<int>> _map = []; int[] all = [.. _map];")]
    [InlineData("HashSet<int>? set; set.OrderBy(x => x);")]
    [InlineData("void F(FrozenSet<int> set) { set.ToArray(); }")]
    public void A_hidden_walk_is_found_in_source(string source) => Assert.Single(PurityRules.HiddenWalks(source));

    [Theory]
    [InlineData("SortedDictionary<int, int> map = []; foreach (var pair in map) { }")]
    [InlineData("Dictionary<int, int> map = []; map.TryGetValue(1, out _); int n = map.Count; map[1] = 2;")]
    public void A_lookup_is_no_walk(string source) => Assert.Empty(PurityRules.HiddenWalks(source));
}
