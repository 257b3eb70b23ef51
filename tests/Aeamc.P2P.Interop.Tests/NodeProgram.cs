using System.Diagnostics;

namespace Aeamc.P2P.Interop.Tests;

/// <summary>Runs a script of one of the folders under <c>js/</c> with node; its packages are installed from the lock file when they are not there.</summary>
internal static class NodeProgram
{
    private static readonly SemaphoreSlim Installing = new(1, 1);

    /// <summary>What the script wrote to standard output. Fails the test, with what it wrote to standard error, when it ends with another code than 0.</summary>
    public static async Task<string> RunAsync(string folder, string script, string input, CancellationToken cancellation)
    {
        string directory = await PrepareAsync(folder, cancellation);
        return await ExecuteAsync(directory, "node", [script], input, cancellation);
    }

    /// <summary>The folder's full path, its packages installed.</summary>
    public static async Task<string> PrepareAsync(string folder, CancellationToken cancellation)
    {
        string directory = Path.Combine(SourceFolder(), "js", folder);
        await Installing.WaitAsync(cancellation);
        try
        {
            if (!Directory.Exists(Path.Combine(directory, "node_modules")))
            {
                using FileStream others = await LockAsync(folder, cancellation);
                await ExecuteAsync(directory, "npm", ["ci", "--no-audit", "--no-fund"], "", cancellation);
            }
        }
        finally
        {
            Installing.Release();
        }

        return directory;
    }

    // Two test processes must not install into one folder at once. The lock ends with the process that holds it.
    private static async Task<FileStream> LockAsync(string folder, CancellationToken cancellation)
    {
        string path = Path.Combine(Path.GetTempPath(), $"aeamc-npm-{folder}.lock");
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await again.WaitForNextTickAsync(cancellation);
            }
        }
    }

    private static async Task<string> ExecuteAsync(string directory, string program, string[] arguments, string input, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}");
        return await output;
    }

    private static string SourceFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aeamc.P2P.sln")))
        {
            folder = folder.Parent;
        }

        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, "tests", "Aeamc.P2P.Interop.Tests");
    }
}
