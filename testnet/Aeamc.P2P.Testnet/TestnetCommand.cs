using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Aeamc.P2P.Testnet.Crash;

namespace Aeamc.P2P.Testnet;

/// <summary>The command line of <c>aeamc-testnet</c>, which <c>testnet/up</c> passes its own arguments to.</summary>
public static class TestnetCommand
{
    /// <summary>The network was right.</summary>
    public const int Pass = 0;

    /// <summary>The network was not right; the reasons are printed and in the report.</summary>
    public const int Fail = 1;

    /// <summary>The arguments or the machine must be mended first.</summary>
    public const int Usage = 2;

    private const string Text = """
        A whole AEAMC network on this machine: nodes as processes, phones that execute tasks, a chain to anchor on.

        Examples:
          testnet/up                                          4 nodes, 25 phones, anvil, until Ctrl-C
          testnet/up --duration 60 --report out               stop after 60 s with a verdict and out/report.json
          testnet/up --load max --devices 0 --duration 60     how many proofs a second this machine takes
          testnet/up --nodes 7 --chain journal --seed 42      another network, no EVM chain

        Exit codes: 0 chain, proofs and anchors were right; 1 they were not; 2 mend the arguments or the machine first.
        """;

    /// <summary>The command; <paramref name="run"/> gets the options once they are sound.</summary>
    public static RootCommand Build(Func<TestnetOptions, CancellationToken, Task<int>> run)
    {
        Option<int> nodes = Number("--nodes", "How many nodes. The network goes on while less than a third of them are down.", 4, 1, TestnetOptions.MaxNodes);
        Option<int> devices = Number("--devices", "How many simulated phones; they register, take tasks, compute and post proofs.", 25, 0, TestnetOptions.MaxDevices);
        Option<int> duration = Number("--duration", "Seconds to measure before stopping with a verdict; 0 runs until Ctrl-C.", 0, 0, 7 * 24 * 3600);
        var load = new Option<LoadTarget>("--load")
        {
            Description = "Signed proofs a second from synthetic registered devices: a number, or max.",
            HelpName = "RATE|max|0",
            DefaultValueFactory = _ => LoadTarget.None,
            CustomParser = ParseLoad,
        };
        var seed = new Option<ulong>("--seed") { Description = "All keys come from it: the same seed gives the same network.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var chain = new Option<ChainChoice>("--chain")
        {
            Description = "Where checkpoints are anchored: a local EVM chain, or only each node's journal file.",
            HelpName = "anvil|journal",
            DefaultValueFactory = _ => ChainChoice.Anvil,
            CustomParser = ParseChain,
        };
        var report = new Option<string?>("--report") { Description = "Write report.json and report.md into this folder.", HelpName = "DIR" };
        var folder = new Option<string?>("--dir") { Description = "The network's files and logs; must hold no network yet. Default: a temporary folder, removed when all went well.", HelpName = "DIR" };
        var keep = new Option<bool>("--keep") { Description = "Keep the temporary folder." };
        Option<int> apiPort = Number("--api-port", "The first node's HTTP port; the others follow.", 18_080, 1024, 65_535 - TestnetOptions.MaxNodes);
        Option<int> p2pPort = Number("--p2p-port", "The first node's libp2p port; the others follow.", 19_000, 1024, 65_535 - TestnetOptions.MaxNodes);

        var command = new RootCommand(Text) { nodes, devices, duration, load, seed, chain, report, folder, keep, apiPort, p2pPort };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new TestnetOptions
            {
                Nodes = parsed.GetValue(nodes),
                Devices = parsed.GetValue(devices),
                Duration = parsed.GetValue(duration) is > 0 and int seconds ? TimeSpan.FromSeconds(seconds) : null,
                Load = parsed.GetValue(load),
                Seed = parsed.GetValue(seed),
                Chain = parsed.GetValue(chain),
                ReportFolder = parsed.GetValue(report),
                Folder = parsed.GetValue(folder),
                Keep = parsed.GetValue(keep),
                ApiPort = parsed.GetValue(apiPort),
                P2PPort = parsed.GetValue(p2pPort),
            };
            if (options.ApiPort < options.P2PPort + options.Nodes && options.P2PPort < options.ApiPort + options.Nodes)
            {
                await Console.Error.WriteLineAsync(
                    $"aeamc-testnet: --api-port {options.ApiPort} and --p2p-port {options.P2PPort} are closer than {options.Nodes}, the number of nodes. Choose ports further apart.")
                    .ConfigureAwait(false);
                return Usage;
            }

            return await run(options, cancellation).ConfigureAwait(false);
        });
        command.Add(CrashCommand.Build());
        return command;
    }

    /// <summary>Parses and runs; wrong arguments are told on standard error and give <see cref="Usage"/>.</summary>
    public static async Task<int> InvokeAsync(string[] arguments, Func<TestnetOptions, CancellationToken, Task<int>> run)
    {
        ParseResult parsed = Build(run).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"aeamc-testnet: {error.Message}").ConfigureAwait(false);
            }

            await Console.Error.WriteLineAsync("See testnet/up --help.").ConfigureAwait(false);
            return Usage;
        }

        // The run handles Ctrl-C and SIGTERM itself: it has children to stop and a report to write, however long that takes.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
    }

    private static Option<int> Number(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1
                && int.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                && (value < least || value > most))
            {
                result.AddError($"{name}: {value} is out of range. Choose {least} to {most}.");
            }
        });
        return option;
    }

    private static LoadTarget ParseLoad(ArgumentResult result)
    {
        if (!LoadTarget.TryParse(result.Tokens[0].Value, out LoadTarget target))
        {
            result.AddError($"--load: '{result.Tokens[0].Value}' is neither max nor a number of proofs a second from 0 to {LoadTarget.Highest}.");
        }

        return target;
    }

    private static ChainChoice ParseChain(ArgumentResult result)
    {
        string name = result.Tokens[0].Value;
        switch (name)
        {
            case "anvil":
                return ChainChoice.Anvil;
            case "journal":
                return ChainChoice.Journal;
            default:
                result.AddError($"--chain: '{name}' is not known. Choose anvil or journal.");
                return ChainChoice.Journal;
        }
    }
}
