namespace Aeamc.P2P.Mutations.Running;

/// <summary>What became of a mutant.</summary>
/// <param name="Mutation">The mutation.</param>
/// <param name="Caught">Whether a test failed or never ended.</param>
/// <param name="By">The test that caught it, or why nothing did.</param>
/// <param name="Seconds">Time to build and test it.</param>
internal sealed record Outcome(Mutation Mutation, bool Caught, string By, int Seconds)
{
    internal static Outcome Of(Mutation mutation, TestProject project)
    {
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        (bool caught, string by) = Judge(mutation, project);
        return new Outcome(mutation, caught, by, (int)Math.Ceiling(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds));
    }

    private static (bool Caught, string By) Judge(Mutation mutation, TestProject project)
    {
        if (project.Rebuild(mutation) is { } errors)
        {
            return (false, "DOES NOT BUILD: " + errors);
        }

        IReadOnlyList<string>? failed = project.Failures(mutation.Classes);
        if (failed is null)
        {
            return (true, "the time limit: the tests never ended");
        }

        if (failed.Count == 0)
        {
            return (false, "SURVIVED");
        }

        // Where a test is named after the rule, that is the one to show.
        string named = int.TryParse(mutation.Rule.Split(',')[0], out int rule) ? $".Rule{rule:00}_" : "";
        string first = failed.FirstOrDefault(test => test.Contains(named, StringComparison.Ordinal)) ?? failed[0];
        int others = failed.Distinct().Count() - 1;
        return (true, others == 0 ? $"`{first}`" : $"`{first}` and {others} more");
    }
}
