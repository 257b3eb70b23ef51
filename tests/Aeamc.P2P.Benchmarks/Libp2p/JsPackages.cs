using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Aeamc.P2P.Benchmarks.Libp2p;

/// <summary>The newest generation of js-libp2p, whose packages the interop tests pin.</summary>
internal static class JsPackages
{
    private const string Folder = "tests/Aeamc.P2P.Interop.Tests/js/libp2p-3";

    /// <summary>How to start one of its scripts; installs the packages of the lock file when they are not there.</summary>
    public static async Task<ProcessStartInfo> StartInfoAsync(string script, string options)
    {
        string folder = Locate();
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            await Console.Error.WriteLineAsync("installing js-libp2p ...").ConfigureAwait(false);
            var install = new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = folder, RedirectStandardOutput = true };
            using Process npm = Process.Start(install)!;
            await npm.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
            await npm.WaitForExitAsync().ConfigureAwait(false);
            if (npm.ExitCode != 0)
            {
                throw new InvalidOperationException($"npm ci in {Folder} ended with {npm.ExitCode}");
            }
        }

        return new ProcessStartInfo("node", [script, options]) { WorkingDirectory = folder };
    }

    /// <summary>The versions that are measured, by package.</summary>
    public static JsonObject Versions()
    {
        JsonNode package = JsonNode.Parse(File.ReadAllText(Path.Combine(Locate(), "package.json")))!;
        return package["dependencies"]!.DeepClone().AsObject();
    }

    private static string Locate()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aeamc.P2P.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("The benchmark runs inside its repository."), Folder);
    }
}
