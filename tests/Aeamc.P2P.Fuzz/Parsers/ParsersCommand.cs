using System.CommandLine;

namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary><c>parsers</c>: fuzzes one parser or all.</summary>
internal static class ParsersCommand
{
    public static Command Build()
    {
        var parser = new Option<string?>("--parser") { Description = "One of: " + string.Join(", ", AllTargets.List.Select(target => target.Name)) + ". All when left out." };
        var seconds = new Option<int>("--seconds") { Description = "How long, for each parser.", DefaultValueFactory = _ => 10 };
        var seed = new Option<int>("--seed") { Description = "Another seed gives other inputs.", DefaultValueFactory = _ => 1 };
        var iteration = new Option<long?>("--iteration") { Description = "Only this input of the run: what a finding's command gives." };
        var input = new Option<string?>("--input") { Description = "Only this input, in hexadecimal." };
        var command = new Command("parsers", "Fuzz parsers. Prints each finding's input and the command that repeats it; exit code 1 when there is any.") { parser, seconds, seed, iteration, input };
        command.SetAction(parsed =>
        {
            FuzzTarget[] targets = [.. AllTargets.List.Where(target => parsed.GetValue(parser) is not { } name || target.Name == name)];
            if (targets.Length == 0)
            {
                Console.Error.WriteLine($"There is no parser '{parsed.GetValue(parser)}'; see --help.");
                return 2;
            }

            bool found = false;
            foreach (FuzzTarget target in targets)
            {
                found |= parsed.GetValue(input) is { } hex ? Report(Replay(target, Convert.FromHexString(hex)))
                    : parsed.GetValue(iteration) is { } one ? Report(Fuzzer.Run(target, parsed.GetValue(seed), one, 1))
                    : RunFor(target, parsed.GetValue(seed), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            }

            return found ? 1 : 0;
        });
        return command;
    }

    private static bool RunFor(FuzzTarget target, int seed, TimeSpan time)
    {
        (Finding? finding, long inputs, IReadOnlyDictionary<string, long> outcomes) = Fuzzer.RunFor(target, seed, time);
        Console.WriteLine($"{target.Name,-24}{(target.Grammar is null ? "bytes" : "structure"),10}{inputs,12:N0} inputs   {(finding is null ? "nothing found" : "FOUND")}");
        if (!outcomes.ContainsKey(""))
        {
            Console.WriteLine("    " + string.Join(", ", outcomes.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {pair.Value:N0}")));
        }

        return Report(finding);
    }

    private static Finding? Replay(FuzzTarget target, byte[] input) => Fuzzer.Try(target, new FuzzInput(input), out _) is { } what ? new Finding(target.Name, 0, 0, input, what) : null;

    private static bool Report(Finding? finding)
    {
        if (finding is not null)
        {
            Console.WriteLine(finding);
        }

        return finding is not null;
    }
}
