using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Aeamc.P2P.Anchoring.Evm;
using Aeamc.P2P.Cryptography.Evm;

namespace Aeamc.P2P.Testnet.Evm;

/// <summary>
/// An EVM chain on this machine: anvil, as <c>testnet/evm/package-lock.json</c> pins it, on a free port of the loopback. Its packages are installed
/// when they are missing. Disposing ends it.
/// </summary>
public sealed class AnvilProcess : IAsyncDisposable
{
    private const string Ready = "Listening on ";

    /// <summary>Gives it a session of its own where the system has this program, so that a Ctrl-C in the terminal does not reach it.</summary>
    private const string SetSid = "/usr/bin/setsid";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);
    private static readonly SemaphoreSlim Installing = new(1, 1);

    private readonly Process _process;

    private AnvilProcess(Process process, Uri url)
    {
        _process = process;
        Url = url;
        Rpc = new EvmRpc([url], TimeProvider.System);
    }

    /// <summary>Its JSON-RPC endpoint.</summary>
    public Uri Url { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>A client of it.</summary>
    public EvmRpc Rpc { get; }

    /// <summary>Starts a chain and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">The packages cannot be installed, or anvil does not start; says what it wrote.</exception>
    public static async Task<AnvilProcess> StartAsync(AnvilOptions options, CancellationToken cancellation)
    {
        string program = await ProgramAsync(cancellation).ConfigureAwait(false);
        bool detached = File.Exists(SetSid);
        var start = new ProcessStartInfo(detached ? SetSid : program, detached ? [program] : [])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "--host", "127.0.0.1", "--port", "0", "--accounts", "1", "--chain-id", options.ChainId.ToString(CultureInfo.InvariantCulture) },
        };
        if (options.Hardfork is { } hardfork)
        {
            start.ArgumentList.Add("--hardfork");
            start.ArgumentList.Add(hardfork);
        }

        if (options.BlockSeconds is { } seconds)
        {
            start.ArgumentList.Add("--block-time");
            start.ArgumentList.Add(seconds.ToString(CultureInfo.InvariantCulture));
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = new Queue<string>();

        // Its output is read to the end of its life: a full pipe would stop it.
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            Task ended = process.WaitForExitAsync(cancellation);
            await Task.WhenAny(address.Task, ended).WaitAsync(StartTimeout, cancellation).ConfigureAwait(false);
            return address.Task.IsCompletedSuccessfully
                ? new AnvilProcess(process, new Uri("http://" + await address.Task.ConfigureAwait(false)))
                : throw new InvalidOperationException($"{program} ended before it was ready: {Written()}");
        }
        catch
        {
            await EndAsync(process).ConfigureAwait(false);
            throw;
        }

        void Take(string? line)
        {
            if (line is null)
            {
                return;
            }

            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                address.TrySetResult(line[Ready.Length..].Trim());
            }

            lock (written)
            {
                written.Enqueue(line);
                if (written.Count > 20)
                {
                    written.Dequeue();
                }
            }
        }

        string Written()
        {
            lock (written)
            {
                return string.Join('\n', written);
            }
        }
    }

    /// <summary>Sets what an account holds, in wei.</summary>
    public Task SetBalanceAsync(EvmAddress account, UInt128 wei, CancellationToken cancellation) =>
        Rpc.CallAsync("anvil_setBalance", [account.ToString(), "0x" + wei.ToString("x", CultureInfo.InvariantCulture)], cancellation);

    /// <summary>Makes blocks now.</summary>
    public Task MineAsync(int blocks, CancellationToken cancellation) =>
        Rpc.CallAsync("anvil_mine", ["0x" + blocks.ToString("x", CultureInfo.InvariantCulture)], cancellation);

    /// <summary>Whether each transaction gets a block at once; when not, only <see cref="MineAsync"/> makes blocks.</summary>
    public Task SetAutomineAsync(bool automine, CancellationToken cancellation) => Rpc.CallAsync("evm_setAutomine", [automine], cancellation);

    /// <summary>Replaces the newest blocks by as many empty ones; their transactions are gone.</summary>
    public Task ReorganizeAsync(int depth, CancellationToken cancellation) => Rpc.CallAsync("anvil_reorg", [depth, new JsonArray()], cancellation);

    public async ValueTask DisposeAsync()
    {
        Rpc.Dispose();
        await EndAsync(_process).ConfigureAwait(false);
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync().ConfigureAwait(false);
        process.Dispose();
    }

    private static async Task<string> ProgramAsync(CancellationToken cancellation)
    {
        string folder = EvmFolder();
        await Installing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")))
            {
                await InstallAsync(folder, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            Installing.Release();
        }

        // npm installs the one package of these that is made for this system.
        string packages = Path.Combine(folder, "node_modules", "@foundry-rs");
        string name = OperatingSystem.IsWindows() ? "anvil.exe" : "anvil";
        return Directory.EnumerateDirectories(packages, "anvil-*").Select(package => Path.Combine(package, "bin", name)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"No package in {packages} has an anvil for this system.");
    }

    /// <summary>Installs the packages as everything else here does it.</summary>
    private static async Task InstallAsync(string folder, CancellationToken cancellation)
    {
        string script = Path.Combine(folder, "..", "..", "tests", "prerequisites");
        var start = new ProcessStartInfo(script, ["npm", folder]) { RedirectStandardError = true };
        using Process install = Process.Start(start) ?? throw new InvalidOperationException($"{script} did not start.");
        string said = await install.StandardError.ReadToEndAsync(cancellation).ConfigureAwait(false);
        await install.WaitForExitAsync(cancellation).ConfigureAwait(false);
        if (install.ExitCode != 0)
        {
            throw new InvalidOperationException(said.Trim());
        }
    }

    private static string EvmFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aeamc.P2P.sln")))
        {
            folder = folder.Parent;
        }

        return folder is null
            ? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the source tree, where testnet/evm is.")
            : Path.Combine(folder.FullName, "testnet", "evm");
    }
}
