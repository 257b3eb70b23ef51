using System.Globalization;
using System.Text;
using Aeamc.P2P.Mutations.Running;

namespace Aeamc.P2P.Mutations.Reporting;

/// <summary>
/// <c>consensus/MUTATIONS.md</c>: a row for each mutation that was run, in the order of the list. A run replaces the rows of the mutations it
/// ran and keeps the others, so the table may be filled in several runs.
/// </summary>
internal sealed class ResultTable
{
    internal const string File = "consensus/MUTATIONS.md";

    private readonly string _path;
    private readonly Dictionary<string, string> _rows = [];

    internal ResultTable(string root)
    {
        _path = Path.Combine(root, File);
        if (!System.IO.File.Exists(_path))
        {
            return;
        }

        foreach (string line in System.IO.File.ReadLines(_path))
        {
            if (line.StartsWith("| `", StringComparison.Ordinal))
            {
                _rows[line.Split('`')[1]] = line;
            }
        }
    }

    /// <summary>Whether a mutation was ever run.</summary>
    internal bool IsOnRecord(Mutation mutation) => _rows.ContainsKey(mutation.Id);

    /// <summary>Whether the last run of a mutation is on record as caught.</summary>
    internal bool IsCaught(Mutation mutation) => _rows.TryGetValue(mutation.Id, out string? row) && !row.Contains("**", StringComparison.Ordinal);

    internal void Set(Outcome outcome)
    {
        Mutation mutation = outcome.Mutation;
        string by = outcome.By.Split('\n')[0].Replace("|", "\\|", StringComparison.Ordinal);
        _rows[mutation.Id] = $"| `{mutation.Id}` | {mutation.Rule} | {mutation.Removed} | {(outcome.Caught ? by : $"**{by}**")} | {outcome.Seconds} |";
    }

    private int SecondsOf(Mutation mutation) => int.Parse(_rows[mutation.Id].TrimEnd(' ', '|').Split('|')[^1], CultureInfo.InvariantCulture);

    internal void Write()
    {
        List<Mutation> known = [.. MutationList.All.Where(mutation => _rows.ContainsKey(mutation.Id))];
        var text = new StringBuilder(
            $"""
            # Guards taken away, one at a time

            Written by `tests/mutations`; the list is `tests/Aeamc.P2P.Mutations/List`. Each row is a mutant: one guard of the code removed (with the invariant behind it, where there is one), the named tests built and
            run. Rule: a number of [RULES.md](Aeamc.P2P.Consensus/RULES.md), or the section or document that the guard is from. Seconds: to build and test it, on two cores
            that other work may have shared. Altogether {known.Sum(SecondsOf)} s, builds without a mutation not counted.
            A test in every CI run checks that each text to remove still stands in the source exactly once and that every mutant of the list has a row here that says caught.

            {known.Count(IsCaught)} of {known.Count} caught; {MutationList.All.Count - known.Count} of the {MutationList.All.Count} in the list were not run yet (`tests/mutations --missing`).

            | mutation | rule | what the mutant does | caught by | s |
            |---|---|---|---|---|

            """);
        foreach (Mutation mutation in known)
        {
            text.Append(_rows[mutation.Id]).Append('\n');
        }

        text.Append(
            """

            ## Not in the list
            - Guards that nothing can reach any more, so no test can miss them: `Nullify` after our own Finalize inside the core (a Finalize enters the next view, and only the current view is nullified; the vote guard's own
              refusal is in the list), and invariants that repeat a check of the same method.
            - Checks that only save work, because a stricter one stands behind them and is in the list: not asking twice to have a proposal verified (the vote itself is guarded), not counting votes of a final view (no
              certificate of such a view is taken), the epoch of a proposal before its vote's, the epoch of evidence before its signatures'.
            - Syncs of folders and of files that are replaced whole (`DurableFile`, the erasing of a torn tail): the tests have no disk that forgets a rename.

            """);
        System.IO.File.WriteAllText(_path, text.ToString());
    }
}
