using System.Diagnostics;
using Aeamc.P2P.Mutations.Reporting;

namespace Aeamc.P2P.Mutations.Running;

/// <summary>One run over some mutations: project by project, so that little is built twice.</summary>
internal static class Session
{
    /// <summary>The exit code: 0 when all were caught, 1 when one was not, 2 when nothing could be tried.</summary>
    internal static int Run(string root, IReadOnlyList<Mutation> mutations, ResultTable table, TimeSpan limit, TimeSpan budget)
    {
        ScratchTree tree = ScratchTree.Prepare(root);
        string[] problems = [.. mutations.SelectMany(mutation => Anchors.Problems(mutation, tree.Path))];
        Array.ForEach(problems, Console.Error.WriteLine);
        if (problems.Length > 0)
        {
            Console.Error.WriteLine("The list does not fit the source: bring tests/Aeamc.P2P.Mutations/List up to date.");
            return 2;
        }

        long started = Stopwatch.GetTimestamp();
        int done = 0, missed = 0;
        foreach (IGrouping<string, Mutation> group in mutations.GroupBy(mutation => mutation.Tests))
        {
            if (Stopwatch.GetElapsedTime(started) > budget)
            {
                break;
            }

            var project = new TestProject(tree, group.Key, limit);
            if (!Baseline(project, group))
            {
                return 2;
            }

            foreach (Mutation mutation in group.TakeWhile(_ => Stopwatch.GetElapsedTime(started) <= budget))
            {
                tree.Apply(mutation);
                Outcome outcome;
                try
                {
                    outcome = Outcome.Of(mutation, project);
                }
                finally
                {
                    tree.Restore(mutation);
                }

                done++;
                missed += outcome.Caught ? 0 : 1;
                Console.WriteLine($"{done,4}/{mutations.Count} {mutation.Id,-28} {outcome.Seconds,3} s  {outcome.By}");
                table.Set(outcome);
                table.Write();
            }
        }

        Console.WriteLine($"{done - missed} of {done} caught{(done < mutations.Count ? $", {mutations.Count - done} not tried within the budget" : "")}");
        return missed == 0 ? 0 : 1;
    }

    /// <summary>Without a mutation everything must pass, or a failure would show nothing.</summary>
    private static bool Baseline(TestProject project, IGrouping<string, Mutation> group)
    {
        string[] classes = group.Any(mutation => mutation.Classes.Count == 0) ? [] : [.. group.SelectMany(mutation => mutation.Classes).Distinct()];
        if (project.Build(group) is { } errors)
        {
            Console.Error.WriteLine($"{group.Key} does not build even without a mutation: {errors}");
            return false;
        }

        IReadOnlyList<string>? failures = project.Failures(classes);
        if (failures is not { Count: 0 })
        {
            Console.Error.WriteLine($"{group.Key} fails even without a mutation: {string.Join(", ", failures ?? ["the time limit"])}");
            return false;
        }

        Console.WriteLine($"{group.Key}: passes without a mutation");
        return true;
    }
}
