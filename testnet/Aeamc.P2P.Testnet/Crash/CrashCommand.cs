using System.CommandLine;

namespace Aeamc.P2P.Testnet.Crash;

/// <summary><c>aeamc-testnet crash</c>, behind <c>testnet/crash-sweep</c>.</summary>
public static class CrashCommand
{
    public static Command Build()
    {
        var kills = new Option<int>("--kills") { Description = "How many kills.", DefaultValueFactory = _ => 100 };
        var seed = new Option<ulong>("--seed") { Description = "Victims, moments and places come from it.", DefaultValueFactory = _ => 1 };
        var devices = new Option<int>("--devices") { Description = "Devices that post proofs all the while.", DefaultValueFactory = _ => 16 };
        var report = new Option<string?>("--report") { Description = "Write report.json into this folder.", HelpName = "DIR" };
        var folder = new Option<string?>("--dir") { Description = "The network's files, logs and recorded votes. Default: a temporary folder, removed when all went well.", HelpName = "DIR" };
        var command = new Command(
            "crash",
            """
            Kill real nodes under load, again and again (one, two or all at once, in the middle of their recovery, between two steps of writing), and look for what must never be: two different votes of one kind by one member in one view, a Nullify beside a
            Finalize, a final block that is gone, an acknowledged proof without an outcome, a damaged log or database, a node that ends by itself.

            Examples:
              testnet/crash-sweep --kills 100
              testnet/crash-sweep --kills 1000 --seed 7 --report out

            Exit codes: 0 nothing of the kind, 1 something, 2 mend the arguments or the machine first.
            """)
        {
            kills, seed, devices, report, folder,
        };
        command.SetAction((parsed, _) => RunAsync(new CrashOptions
        {
            Kills = parsed.GetValue(kills),
            Seed = parsed.GetValue(seed),
            Devices = parsed.GetValue(devices),
            ReportFolder = parsed.GetValue(report),
            Folder = parsed.GetValue(folder),
        }));
        return command;
    }

    private static async Task<int> RunAsync(CrashOptions options)
    {
        if (options.Kills < 1 || options.Devices is < 0 or > 1_000)
        {
            await Console.Error.WriteLineAsync("aeamc-testnet: --kills wants 1 or more, --devices 0 to 1000.").ConfigureAwait(false);
            return TestnetCommand.Usage;
        }

        string folder = options.Folder is { } named ? Path.GetFullPath(named) : Directory.CreateTempSubdirectory("aeamc-crash-").FullName;
        using var stop = new StopSignal();
        CrashReport report;
        try
        {
            report = await CrashSweep.RunAsync(options, folder, text => Console.WriteLine("== " + text), stop.Token).ConfigureAwait(false);
        }
        catch (TestnetException fault)
        {
            await Console.Error.WriteLineAsync($"aeamc-testnet: {fault.Message}\nfiles and logs are in {folder}").ConfigureAwait(false);
            return TestnetCommand.Fail;
        }

        Console.WriteLine(report.Summary());
        if (options.ReportFolder is { } reports)
        {
            Directory.CreateDirectory(reports);
            await File.WriteAllTextAsync(Path.Combine(reports, "report.json"), report.ToJson()).ConfigureAwait(false);
        }

        bool remove = options.Folder is null && report.Passed;
        Console.WriteLine(remove ? $"== verdict: {report.Verdict}" : $"== verdict: {report.Verdict}; files, logs and recorded votes are in {folder}");
        if (remove)
        {
            Directory.Delete(folder, recursive: true);
        }

        return report.Passed ? TestnetCommand.Pass : TestnetCommand.Fail;
    }
}
