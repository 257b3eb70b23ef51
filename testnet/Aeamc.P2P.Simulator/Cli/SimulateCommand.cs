using System.CommandLine;
using System.CommandLine.Parsing;
using Aeamc.P2P.Simulator.Reporting;

namespace Aeamc.P2P.Simulator.Cli;

/// <summary><c>aeamc simulate</c>: a network in virtual time.</summary>
public static class SimulateCommand
{
    /// <summary>All runs were right.</summary>
    public const int Pass = 0;

    /// <summary>A checker found something; the command that repeats it is printed.</summary>
    public const int Fail = 1;

    /// <summary>Mend the arguments first.</summary>
    public const int Usage = 2;

    private const string Text = """
        A whole network in one process under virtual time, from one seed: the daemon's own consensus core, links, disks, adversaries and checkers. One command line is one run, bit for bit.

        Examples:
          aeamc simulate --nodes 16 --blocks 100 --delay 50ms
          aeamc simulate --nodes 31 --delay wan --blocks 200 --json
          aeamc simulate --nodes 7 --loss 0.2 --attack equivocate,delay --crash 0.1 --seed 7
          aeamc simulate --nodes 7 --stack full --sign --blocks 200   with devices, batches, the ledger and checkpoints
          aeamc simulate --nodes 7 --stack full --attack lie --trouble 1200 --faults late-snapshot:2@0+900 --delay 5ms   a member comes late, a peer lies to it
          aeamc simulate --random --seeds 2000          short runs with faults drawn from their seeds
          aeamc simulate compare --report out           against a textbook Tendermint, with plots

        Exit codes: 0 no violation; 1 a checker found one, and the command that repeats it and a shrunken schedule are on standard error; 2 mend the arguments.
        """;

    /// <summary>The command, for <c>aeamc</c> and for this project's own program.</summary>
    public static Command Build(TextWriter output, TextWriter errors)
    {
        RunOptions options = new();
        var command = new Command("simulate", Text);
        options.AddTo(command);
        command.Subcommands.Add(CompareCommand.Build(output));
        command.Subcommands.Add(TwinsCommand.Build(output, errors));
        command.SetAction(parsed => Run(options, parsed, output, errors));
        return command;
    }

    /// <summary>Parses and runs as the program of its own.</summary>
    public static int Run(string[] arguments, TextWriter output, TextWriter errors)
    {
        var root = new RootCommand();
        root.Subcommands.Add(Build(output, errors));
        ParseResult parsed = root.Parse(["simulate", .. arguments]);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors)
            {
                errors.WriteLine(error.Message);
            }

            errors.WriteLine("See aeamc simulate --help.");
            return Usage;
        }

        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = errors });
    }

    private static int Run(RunOptions options, ParseResult parsed, TextWriter output, TextWriter errors)
    {
        if (options.Read(parsed, out string problem) is not { } wanted)
        {
            errors.WriteLine(problem);
            return Usage;
        }

        int failed = 0;
        for (int begin = 0; begin < wanted.Seeds; begin += Batch)
        {
            int count = Math.Min(Batch, wanted.Seeds - begin);
            var results = new (SimulationOptions Options, SimulationResult Result, double Seconds)[count];
            int first = begin;
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i => results[i] = wanted.Execute(first + i));
            foreach ((SimulationOptions run, SimulationResult result, double seconds) in results)
            {
                output.WriteLine(wanted.Json ? ResultJson.Write(result, seconds) : ResultText.Write(result, run, seconds));
                if (wanted.Report is { } folder)
                {
                    ReportFolder.Write(folder, run, result, seconds);
                }

                if (!result.Passed && failed++ == 0)
                {
                    Explain(run, errors);
                }
            }
        }

        return failed == 0 ? Pass : Fail;
    }

    private const int Batch = 64;

    /// <summary>The first failing run: the command that repeats it, and what is left of it when everything not needed is taken away.</summary>
    private static void Explain(SimulationOptions run, TextWriter errors)
    {
        errors.WriteLine($"repeat: {CommandLine.For(run)}");
        SimulationOptions shrunk = Shrinker.Shrink(run);
        errors.WriteLine($"shrunk: {CommandLine.For(shrunk)}");
        errors.WriteLine(shrunk.Faults.Count == 0 ? "shrunken schedule: none, the links and attacks are enough" : "shrunken schedule:");
        foreach (Faults.Fault fault in shrunk.Faults)
        {
            errors.WriteLine($"  {fault}");
        }
    }
}
