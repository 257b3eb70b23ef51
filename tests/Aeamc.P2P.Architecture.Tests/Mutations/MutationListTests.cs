using Aeamc.P2P.Mutations;
using Aeamc.P2P.Mutations.Reporting;

namespace Aeamc.P2P.Architecture.Tests.Mutations;

/// <summary>The list of <c>tests/mutations</c> fits the source, and its table the list.</summary>
public sealed class MutationListTests
{
    private static readonly Edit There = new("Aeamc.P2P.sln", "Microsoft Visual Studio Solution File", "nothing");

    [Fact]
    public void Every_text_to_remove_stands_in_the_source_exactly_once()
    {
        List<string> problems = [.. MutationList.All.SelectMany(mutation => Anchors.Problems(mutation, Repository.Root))];
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public void Every_mutation_has_a_name_of_its_own_and_tests_that_exist()
    {
        Assert.True(MutationList.All.Count >= 300);
        Assert.Equal(MutationList.All.Count, MutationList.All.Select(mutation => mutation.Id).Distinct().Count());
        foreach (Mutation mutation in MutationList.All)
        {
            string folder = Path.Combine(Repository.Root, "tests", mutation.Tests);
            Assert.All(mutation.Classes, name => Assert.Single(Directory.GetFiles(folder, name + ".cs", SearchOption.AllDirectories)));
            Assert.True(Directory.Exists(folder), $"{mutation.Id} names {mutation.Tests}");
            Assert.NotEmpty(mutation.Edits);
        }
    }

    [Fact]
    public void Every_rule_of_Simplex_has_a_mutation()
    {
        HashSet<string> rules = [.. MutationList.All.SelectMany(mutation => mutation.Rule.Split(", "))];
        Assert.All(Enumerable.Range(1, 14), rule => Assert.Contains($"{rule}", rules));
    }

    [Fact]
    public void Every_mutation_was_run_and_is_on_record_as_caught()
    {
        var table = new ResultTable(Repository.Root);
        Assert.Empty(MutationList.All.Where(mutation => !table.IsCaught(mutation)).Select(mutation => $"{mutation.Id}: run tests/mutations --only {mutation.Id}"));
    }

    [Fact]
    public void A_text_that_is_gone_or_there_twice_and_a_file_that_is_gone_are_found()
    {
        Assert.Empty(Problems(There));
        Assert.Single(Problems(There with { Find = "no such text" }));
        Assert.Single(Problems(There with { Find = "Project" }));
        Assert.Single(Problems(There with { File = "no/such/file.cs" }));
        Assert.Single(Problems(There with { Put = There.Find }));
    }

    private static IEnumerable<string> Problems(Edit edit) => Anchors.Problems(new Mutation("id", "1", "what", "tests", [], [edit]), Repository.Root);
}
