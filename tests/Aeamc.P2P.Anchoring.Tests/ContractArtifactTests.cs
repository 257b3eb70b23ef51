using System.Diagnostics;

namespace Aeamc.P2P.Anchoring.Tests;

public sealed class ContractArtifactTests
{
    [Fact]
    public async Task The_committed_bytecode_is_what_the_pinned_compiler_makes_of_the_sources()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Aeamc.P2P.sln")))
        {
            root = root.Parent;
        }

        Assert.NotNull(root);
        string script = Path.Combine(root.FullName, "node", "Aeamc.P2P.Anchoring", "Contracts", "build");
        var start = new ProcessStartInfo(script, ["--check"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process build = Process.Start(start)!;
        Task<string> output = build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string errors = await build.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, errors + await output);
    }
}
