using System.Diagnostics;

namespace Aeamc.P2P.Anchoring.Tests;

/// <summary>Runs a script beside the contract's sources.</summary>
internal static class SourceScript
{
    /// <summary>What it wrote; fails the test when it ends with another code than 0.</summary>
    public static async Task<string> RunAsync(string name, params string[] arguments)
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Aeamc.P2P.sln")))
        {
            root = root.Parent;
        }

        Assert.NotNull(root);
        string script = Path.Combine(root.FullName, "node", "Aeamc.P2P.Anchoring", "Contracts", name);
        var start = new ProcessStartInfo(script, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        string errors = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, errors + await output);
        return await output;
    }
}
