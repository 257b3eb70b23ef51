using System.Diagnostics;
using System.Text;

namespace Aeamc.P2P.Mutations.Running;

/// <summary>A program run to its end, or to its time limit.</summary>
internal static class Command
{
    /// <summary>The exit code, null when the time ran out and it was killed with all it had started; and what it said.</summary>
    internal static (int? Code, string Output) Run(string folder, TimeSpan limit, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["TESTINGPLATFORM_TELEMETRY_OPTOUT"] = "1";

        // A build server that outlives the command would hold its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        var output = new StringBuilder();
        using Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        bool ended = process.WaitForExit(limit);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        lock (output)
        {
            return (ended ? process.ExitCode : null, output.ToString());
        }

        void Add(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }

    /// <summary>The output, without the newline at its end.</summary>
    /// <exception cref="InvalidOperationException">It failed or took longer than ten minutes.</exception>
    internal static string Demand(string folder, string program, params string[] arguments)
    {
        (int? code, string output) = Run(folder, TimeSpan.FromMinutes(10), program, arguments);
        return code == 0 ? output.Trim() : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {output.Trim()}");
    }
}
