using System.CommandLine;
using Aeamc.P2P.Mutations;
using Aeamc.P2P.Mutations.Reporting;
using Aeamc.P2P.Mutations.Running;

var only = new Option<string?>("--only") { Description = "Ids of the mutations to run, with commas between." };
var tests = new Option<string?>("--tests") { Description = "Only those that a test project catches whose name contains this." };
var missing = new Option<bool>("--missing") { Description = "Only those that the table does not show as caught." };
var list = new Option<bool>("--list") { Description = "Print the mutations and run none." };
var limit = new Option<int>("--limit") { Description = "Seconds that the tests of one mutant may take.", DefaultValueFactory = _ => 120 };
var budget = new Option<int>("--budget") { Description = "Begin no further mutant after this many seconds.", DefaultValueFactory = _ => int.MaxValue };
var root = new RootCommand($"Removes one guard after another in a scratch clone and shows a test failing for each; the results go into {ResultTable.File}. Exit code 1 when one survives.")
{
    only, tests, missing, list, limit, budget,
};
root.SetAction(parsed =>
{
    string folder = Repository.Find();
    var table = new ResultTable(folder);
    string[]? ids = parsed.GetValue(only)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    if (ids?.Except(MutationList.All.Select(mutation => mutation.Id)).FirstOrDefault() is { } unknown)
    {
        Console.Error.WriteLine($"There is no mutation '{unknown}'; see --list.");
        return 2;
    }

    Mutation[] chosen =
    [
        .. MutationList.All.Where(mutation => (ids is null || ids.Contains(mutation.Id))
            && mutation.Tests.Contains(parsed.GetValue(tests) ?? "", StringComparison.Ordinal)
            && !(parsed.GetValue(missing) && table.IsCaught(mutation))),
    ];
    if (parsed.GetValue(list))
    {
        Array.ForEach(chosen, mutation => Console.WriteLine($"{mutation.Id,-28} {mutation.Rule,-20} {mutation.Removed}"));
        return 0;
    }

    return Session.Run(folder, chosen, table, TimeSpan.FromSeconds(parsed.GetValue(limit)), TimeSpan.FromSeconds(parsed.GetValue(budget)));
});
return await root.Parse(args).InvokeAsync();
