using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Cli;

/// <summary>The options of <c>aeamc simulate</c>.</summary>
internal sealed class RunOptions
{
    private const int MostNodes = 1000;

    private readonly Option<int> _nodes = Number("--nodes", "Committee members.", 4, 1, MostNodes);
    private readonly Option<int> _blocks = Number("--blocks", "Blocks that every honest member must commit.", 100, 1, 1_000_000);
    private readonly Option<ulong> _seed = new("--seed") { Description = "Everything random comes from it.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _seeds = Number("--seeds", "Runs that many seeds from --seed on, on all cores.", 1, 1, 10_000_000);
    private readonly Option<bool> _random = new("--random") { Description = "Short runs whose faults are all drawn from the seed; only --seed and --seeds matter." };
    private readonly Option<LatencyModel> _delay = new("--delay")
    {
        Description = "One-way delay of every link, or wan: real delays between ten regions.",
        HelpName = "50ms|wan",
        DefaultValueFactory = _ => LatencyModel.Uniform(50_000),
        CustomParser = ParseDelay,
    };

    private readonly Option<int> _jitter = new("--jitter") { Description = "Greatest random addition to the delay.", HelpName = "5ms", DefaultValueFactory = _ => 0, CustomParser = ParseTime };
    private readonly Option<int> _loss = new("--loss") { Description = "Share of messages lost, all the run.", HelpName = "0..0.9", DefaultValueFactory = _ => 0, CustomParser = ParseShare };
    private readonly Option<int> _duplicate = new("--duplicate") { Description = "Share of messages delivered twice.", HelpName = "0..0.9", DefaultValueFactory = _ => 0, CustomParser = ParseShare };
    private readonly Option<IReadOnlyList<Attack>> _attack = new("--attack")
    {
        Description = "What byzantine members do, in turn: " + string.Join(", ", Enum.GetValues<Attack>().Select(CommandLine.Name)) + ".",
        HelpName = "NAME[,NAME]",
        DefaultValueFactory = _ => [],
        CustomParser = ParseAttacks,
    };

    private readonly Option<int?> _byzantine = new("--byzantine") { Description = "How many are byzantine; f when there is an attack. More than f: the checkers must find it.", HelpName = "K" };
    private readonly Option<double> _crash = new("--crash") { Description = "Crashes for each member and second of virtual time, at random points of its turns.", HelpName = "RATE", DefaultValueFactory = _ => 0 };
    private readonly Option<Load> _load = new("--load") { Description = "When entries wait.", DefaultValueFactory = _ => Load.Busy };
    private readonly Option<int> _drift = Number("--drift", "Greatest error of a member's timers, in a thousand.", 0, 0, 500);
    private readonly Option<int> _skew = Number("--skew", "Greatest constant error of a member's wall clock, in milliseconds.", 0, 0, 100_000);
    private readonly Option<StackKind> _stack = new("--stack") { Description = "Consensus alone, or devices, batches, the ledger, evidence, ranges and snapshots as well (at most 128 members).", DefaultValueFactory = _ => StackKind.Consensus };
    private readonly Option<bool> _sign = new("--sign") { Description = "Members co-sign checkpoints as well; needs --stack full." };
    private readonly Option<int> _devices = Number("--devices", "Devices that hand in entries, with the full stack.", 4, 1, 10_000);
    private readonly Option<int?> _trouble = new("--trouble") { Description = "Loss, duplicates and faults only so many milliseconds; then a calm in which finalization must resume within the bound.", HelpName = "MS" };
    private readonly Option<IReadOnlyList<Fault>> _faults = new("--faults")
    {
        Description = "A schedule: crash:NODE@MS+MS, crash-unsynced, crash-unsent; split:SET@MS+MS, mute:SET@MS+MS (a set is hexadecimal bits); jump:NODEbyMS@MS+MS; flip:NODE@MS+MS (a bit of its log or watermark); full:NODE@MS+MS (its disk); rot:NODE@MS+MS (a bit of its store, which is fetched again) and late:NODE@0+MS (it starts then), by blocks, or rot-snapshot and late-snapshot.",
        HelpName = "LIST",
        DefaultValueFactory = _ => [],
        CustomParser = ParseFaults,
    };

    private readonly Option<string?> _report = new("--report") { Description = "Write report.json, blocks.csv and a plot of the latencies here.", HelpName = "DIR" };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a run." };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_nodes, _blocks, _seed, _seeds, _random, _delay, _jitter, _loss, _duplicate, _attack, _byzantine, _crash, _load, _drift, _skew, _stack, _sign, _devices, _trouble, _faults, _report, _json])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What is wanted; null with the reason when options contradict one another.</summary>
    public Wanted? Read(ParseResult parsed, out string problem)
    {
        problem = "";
        int nodes = parsed.GetValue(_nodes);
        IReadOnlyList<Attack> attacks = parsed.GetValue(_attack)!;
        int? byzantine = parsed.GetValue(_byzantine);
        if (byzantine is < 0 || byzantine >= nodes)
        {
            problem = $"--byzantine {byzantine}: 0 to {nodes - 1} of {nodes} members can be byzantine.";
            return null;
        }

        if (byzantine > 0 && attacks.Count == 0)
        {
            problem = "--byzantine needs an --attack.";
            return null;
        }

        StackKind stack = parsed.GetValue(_stack);
        if (stack == StackKind.Full && nodes > Ledger.GenesisDocument.MaxCommittee)
        {
            problem = $"--stack full: a genesis document names at most {Ledger.GenesisDocument.MaxCommittee} members. Choose fewer --nodes, or --stack consensus.";
            return null;
        }

        if (parsed.GetValue(_sign) && stack != StackKind.Full)
        {
            problem = "--sign needs --stack full: a checkpoint names the ledger's state.";
            return null;
        }

        double crash = parsed.GetValue(_crash);
        if (crash is < 0 or > 100 || double.IsNaN(crash))
        {
            problem = "--crash: choose 0 to 100 crashes a member and second.";
            return null;
        }

        LatencyModel latency = parsed.GetValue(_delay)!;
        int jitter = parsed.GetValue(_jitter);
        ulong seed = parsed.GetValue(_seed);
        var options = new SimulationOptions
        {
            Nodes = nodes,
            Blocks = parsed.GetValue(_blocks),
            Seed = seed,
            Latency = latency,
            Jitter = jitter,
            LossPermille = parsed.GetValue(_loss),
            DuplicatePermille = parsed.GetValue(_duplicate),
            Attacks = attacks,
            Byzantine = byzantine,
            Load = parsed.GetValue(_load),
            ClockDriftPermille = parsed.GetValue(_drift),
            ClockSkew = parsed.GetValue(_skew),
            Stack = stack,
            Signs = parsed.GetValue(_sign),
            Devices = parsed.GetValue(_devices),
            TroubleTime = parsed.GetValue(_trouble),
            Faults = parsed.GetValue(_faults)!,
            Core = SimulationOptions.TimingFor(latency, jitter, nodes),
        };
        return new Wanted(options, parsed.GetValue(_seeds), parsed.GetValue(_random), crash, parsed.GetValue(_report), parsed.GetValue(_json));
    }

    private static Option<int> Number(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                && (value < least || value > most))
            {
                result.AddError($"{name}: {value} is out of range. Choose {least} to {most}.");
            }
        });
        return option;
    }

    private static LatencyModel ParseDelay(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text == "wan")
        {
            return LatencyModel.Wan();
        }

        return LatencyModel.Uniform(CommandLine.Microseconds(text) ?? Refuse(result, "--delay", "wan or milliseconds up to 100000, as 50ms"));
    }

    private static int ParseTime(ArgumentResult result) =>
        CommandLine.Microseconds(result.Tokens[0].Value) ?? Refuse(result, "--jitter", "milliseconds up to 100000, as 5ms");

    private static int ParseShare(ArgumentResult result) =>
        double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) && share <= 0.9
            ? (int)Math.Round(share * 1000)
            : Refuse(result, "--loss and --duplicate", "a share from 0 to 0.9");

    private static List<Attack> ParseAttacks(ArgumentResult result)
    {
        var attacks = new List<Attack>();
        foreach (string name in result.Tokens[0].Value.Split(','))
        {
            if (CommandLine.Parse(name) is { } attack)
            {
                attacks.Add(attack);
            }
            else
            {
                Refuse(result, "--attack", string.Join(", ", Enum.GetValues<Attack>().Select(CommandLine.Name)));
            }
        }

        return attacks;
    }

    private static List<Fault> ParseFaults(ArgumentResult result)
    {
        if (FaultSchedule.Parse(result.Tokens[0].Value) is { } faults)
        {
            return faults;
        }

        Refuse(result, "--faults", "crash:NODE@MS+MS and the like, separated by commas");
        return [];
    }

    private static int Refuse(ArgumentResult result, string option, string choices)
    {
        result.AddError($"{option}: '{result.Tokens[0].Value}' is not understood. Choose {choices}.");
        return 0;
    }

    /// <summary>What a command line asks for.</summary>
    internal sealed record Wanted(SimulationOptions Options, int Seeds, bool Random, double Crash, string? Report, bool Json)
    {
        /// <summary>Runs the seed that lies so far after the first.</summary>
        public (SimulationOptions Options, SimulationResult Result, double Seconds) Execute(int offset)
        {
            ulong seed = unchecked(Options.Seed + (ulong)offset);
            SimulationOptions options = Random ? SimulationOptions.Random(seed) : Options with { Seed = seed };
            if (!Random && Crash > 0)
            {
                // About as long as the blocks take when half of the views fail.
                int time = (int)Math.Min(int.MaxValue / 2, Options.TroubleTime ?? (Options.Blocks * 2L * (((Options.Latency.Largest + Options.Jitter) / 500) + 5)));
                options = options with { Faults = [.. options.Faults, .. FaultSchedule.Crashes(new SplitMix(seed ^ 0xc7a5), options.Nodes, Crash, time)] };
            }

            long start = Stopwatch.GetTimestamp();
            SimulationResult result = Simulation.Run(options);
            return (options, result, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }
}
