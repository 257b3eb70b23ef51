using System.Globalization;
using System.Text.Json;
using Aeamc.P2P.Simulator.Adversaries;

namespace Aeamc.P2P.Simulator;

/// <summary>
/// <c>aeamc-simulate</c>: runs seeds and says whether the rules held. Exit code 0: all passed; 1: a checker found something, with the command
/// that repeats it; 2: the command line is wrong.
/// </summary>
public static class SimulateCommand
{
    private const string Usage = """
        aeamc-simulate [--seed N] [--seeds COUNT] [--random] [--nodes N] [--blocks N] [--delay MS] [--jitter MS]
                       [--loss PERMILLE] [--duplicate PERMILLE] [--crash COUNT] [--partition COUNT] [--trouble MS]
                       [--attack none|absent|silent-leader|equivocating-leader|conflicting-voter|invalid-proposer]
                       [--byzantine N] [--load busy|idle|mixed] [--json]
        --random draws everything but the seed and --json from the seed. --seeds runs that many seeds from --seed on.
        """;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        if (!TryParse(args, out Arguments parsed, out string problem))
        {
            errors.WriteLine(problem);
            errors.WriteLine(Usage);
            return 2;
        }

        int failed = 0;
        for (int i = 0; i < parsed.Seeds; i++)
        {
            ulong seed = parsed.Options.Seed + (ulong)i;
            SimulationOptions options = parsed.Random ? SimulationOptions.Random(seed) : parsed.Options with { Seed = seed };
            SimulationResult result = Simulation.Run(options);
            output.WriteLine(parsed.Json ? JsonSerializer.Serialize(result, Json) : Describe(result));
            if (!result.Passed)
            {
                failed++;
                errors.WriteLine($"repeat: {Repeat(parsed, options)}");
            }
        }

        return failed == 0 ? 0 : 1;
    }

    private static string Describe(SimulationResult result)
    {
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"seed {result.Seed}: {(result.Passed ? "passed" : "FAILED")}, height {result.Height}, view {result.View}, {result.VirtualMilliseconds} ms virtual, finality within {result.SlowestFinalityMilliseconds} ms, {result.Messages} messages, {result.Nullified} nullified, trace {result.TraceHash}");
        return result.Passed ? line : line + string.Concat(result.Violations.Select(v => "\n  " + v));
    }

    private static string Repeat(Arguments parsed, SimulationOptions o) => parsed.Random
        ? $"aeamc-simulate --random --seed {o.Seed}"
        : $"aeamc-simulate --seed {o.Seed} --nodes {o.Nodes} --blocks {o.Blocks} --delay {o.Delay} --jitter {o.Jitter} --loss {o.LossPermille} "
            + $"--duplicate {o.DuplicatePermille} --crash {o.Crashes} --partition {o.Partitions} --trouble {o.TroubleTime} "
            + $"--attack {Name(o.Attack)} --byzantine {o.ByzantineCount} --load {Name(o.Load)}";

    private static bool TryParse(string[] args, out Arguments parsed, out string problem)
    {
        parsed = new Arguments(new SimulationOptions(), 1, false, false);
        problem = "";
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            switch (name)
            {
                case "--json":
                    parsed = parsed with { Json = true };
                    continue;
                case "--random":
                    parsed = parsed with { Random = true };
                    continue;
                default:
                    break;
            }

            if (++i == args.Length || Apply(parsed, name, args[i]) is not { } next)
            {
                problem = $"{name} {(i < args.Length ? args[i] : "")}: not an option with a value that fits";
                return false;
            }

            parsed = next;
        }

        if (parsed.Options.ByzantineCount > 0 && parsed.Options.Attack == Attack.None)
        {
            problem = "--byzantine needs an --attack";
            return false;
        }

        return true;
    }

    private static Arguments? Apply(Arguments a, string name, string value)
    {
        SimulationOptions o = a.Options;
        if (name == "--seed")
        {
            return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? a with { Options = o with { Seed = seed } } : null;
        }

        if (name == "--attack")
        {
            return Parse<Attack>(value) is { } attack ? a with { Options = o with { Attack = attack } } : null;
        }

        if (name == "--load")
        {
            return Parse<Load>(value) is { } load ? a with { Options = o with { Load = load } } : null;
        }

        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > 1_000_000)
        {
            return null;
        }

        return name switch
        {
            "--seeds" when number > 0 => a with { Seeds = number },
            "--nodes" when number is > 0 and <= 64 => a with { Options = o with { Nodes = number } },
            "--blocks" when number > 0 => a with { Options = o with { Blocks = number } },
            "--delay" => a with { Options = o with { Delay = number } },
            "--jitter" when number <= 100_000 => a with { Options = o with { Jitter = number } },
            "--loss" when number <= 1000 => a with { Options = o with { LossPermille = number } },
            "--duplicate" when number <= 1000 => a with { Options = o with { DuplicatePermille = number } },
            "--crash" => a with { Options = o with { Crashes = number } },
            "--partition" => a with { Options = o with { Partitions = number } },
            "--trouble" => a with { Options = o with { TroubleTime = number } },
            "--byzantine" when number < o.Nodes => a with { Options = o with { Byzantine = number } },
            _ => null,
        };
    }

    /// <summary>silent-leader for SilentLeader.</summary>
    private static string Name<T>(T value)
        where T : struct, Enum =>
        JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static T? Parse<T>(string name)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (Name(value) == name)
            {
                return value;
            }
        }

        return null;
    }

    private sealed record Arguments(SimulationOptions Options, int Seeds, bool Random, bool Json);
}
