using System.CommandLine;
using Aeamc.P2P.Simulator.Twins;

namespace Aeamc.P2P.Simulator.Cli;

/// <summary><c>aeamc simulate twins</c>.</summary>
internal static class TwinsCommand
{
    public static Command Build(TextWriter output, TextWriter errors)
    {
        var nodes = new Option<int>("--nodes") { Description = "Members, 4 to 7; f of them run twice.", HelpName = "N", DefaultValueFactory = _ => 4 };
        var views = new Option<int>("--views") { Description = "Views with two sides each, 1 to 4.", HelpName = "N", DefaultValueFactory = _ => 3 };
        var samples = new Option<int>("--samples") { Description = "Draw so many scenarios for each choice of twins instead of all.", HelpName = "N", DefaultValueFactory = _ => 0 };
        var scenario = new Option<string?>("--scenario") { Description = "Repeat one.", HelpName = "TEXT" };
        var command = new Command(
            "twins",
            "Honest code run twice with one key, under every way of splitting the nodes in the first views (Bano et al., 2021), one of each class that differs in names only.\n\nExample: aeamc simulate twins --nodes 4 --views 3")
        {
            nodes, views, samples, scenario,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(scenario) is { } text)
            {
                return TwinsScenario.Parse(text) is { } one ? Run([one], output, errors) : Refuse(output);
            }

            int members = parsed.GetValue(nodes), rounds = parsed.GetValue(views);
            return members is < 4 or > 7 || rounds is < 1 or > 4
                ? Refuse(output)
                : Run(Scenarios(members, rounds, parsed.GetValue(samples)), output, errors);
        });
        return command;
    }

    /// <summary>For every choice of f twins: all scenarios, or a sample.</summary>
    internal static IEnumerable<TwinsScenario> Scenarios(int members, int views, int samples)
    {
        IReadOnlyList<int> leaders = TwinsRun.Leaders(members, views);
        foreach (IReadOnlyList<int> twins in Choices(members, (members - 1) / 3))
        {
            IEnumerable<TwinsScenario> found = samples > 0
                ? TwinsGenerator.Sample(members, twins, leaders, samples, (ulong)twins[0] + 1)
                : TwinsGenerator.All(members, twins, leaders);
            foreach (TwinsScenario scenario in found)
            {
                yield return scenario;
            }
        }
    }

    private static IEnumerable<IReadOnlyList<int>> Choices(int members, int count)
    {
        for (int set = 0; set < 1 << members; set++)
        {
            if (int.PopCount(set) == count)
            {
                yield return [.. Enumerable.Range(0, members).Where(m => ((set >> m) & 1) != 0)];
            }
        }
    }

    private static int Run(IEnumerable<TwinsScenario> scenarios, TextWriter output, TextWriter errors)
    {
        int count = 0, failed = 0;
        Parallel.ForEach(scenarios, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, scenario =>
        {
            SimulationResult result = TwinsRun.Run(scenario);
            lock (output)
            {
                count++;
                if (!result.Passed && failed++ < 10)
                {
                    errors.WriteLine($"{scenario}: {result.Violations[0]}");
                    errors.WriteLine($"repeat: aeamc simulate twins --scenario {scenario}");
                }
            }
        });
        output.WriteLine($"{count} scenarios, {failed} failed");
        return failed == 0 ? SimulateCommand.Pass : SimulateCommand.Fail;
    }

    private static int Refuse(TextWriter output)
    {
        output.WriteLine("Choose 4 to 7 nodes and 1 to 4 views, or a scenario as it was printed.");
        return SimulateCommand.Usage;
    }
}
