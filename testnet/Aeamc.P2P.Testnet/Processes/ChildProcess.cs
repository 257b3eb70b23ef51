using System.Diagnostics;

namespace Aeamc.P2P.Testnet.Processes;

/// <summary>
/// A program that runs beside this one, its output in a log file. It has a session of its own where the system has <c>setsid</c>, so that a
/// Ctrl-C in the terminal reaches this program alone, which then stops its children in order.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>The shell only redirects and gives way, so the process id is the program's own, and output needs no pump here.</summary>
    private const string Launcher = "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null";

    private const string SetSid = "/usr/bin/setsid";

    private readonly Process _process;
    private readonly ProcessGuard? _guard;

    private ChildProcess(string name, Process process, string log, ProcessGuard? guard)
    {
        Name = name;
        Log = log;
        _process = process;
        _guard = guard;
        Exited = WaitAsync();
    }

    /// <summary>What people call it, for example <c>node-0</c>.</summary>
    public string Name { get; }

    /// <summary>The file with its output.</summary>
    public string Log { get; }

    public int Id => _process.Id;

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exited { get; }

    public bool HasExited => Exited.IsCompleted;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="program">A path, or a name to look up.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="log">Its output is appended here.</param>
    /// <param name="guard">Kills it when this process dies without stopping it.</param>
    /// <param name="environment">Variables besides this process's own.</param>
    /// <exception cref="TestnetException">There is no shell to start it with.</exception>
    public static ChildProcess Start(string name, string program, IReadOnlyList<string> arguments, string log, ProcessGuard? guard = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        List<string> all = ["-c", Launcher, "sh", log];
        if (File.Exists(SetSid))
        {
            all.Add(SetSid);
        }

        all.Add(program);
        all.AddRange(arguments);
        var start = new ProcessStartInfo("/bin/sh", all) { UseShellExecute = false };
        foreach ((string variable, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[variable] = value;
        }

        Process process = Process.Start(start)
            ?? throw new TestnetException($"{name} could not be started.");
        guard?.Watch(process.Id);
        return new ChildProcess(name, process, log, guard);
    }

    /// <summary>SIGTERM, then SIGKILL when it has not ended within <paramref name="patience"/>.</summary>
    public async Task<StopOutcome> StopAsync(TimeSpan patience)
    {
        if (!HasExited)
        {
            UnixSignals.Terminate(Id);
        }

        try
        {
            return new StopOutcome(await Exited.WaitAsync(patience).ConfigureAwait(false), Forced: false);
        }
        catch (TimeoutException)
        {
            return new StopOutcome(await KillAsync().ConfigureAwait(false), Forced: true);
        }
    }

    /// <summary>SIGKILL: what a power failure is to a process. Completes when it is gone.</summary>
    public async Task<int> KillAsync()
    {
        if (!HasExited)
        {
            _process.Kill();
        }

        return await Exited.ConfigureAwait(false);
    }

    /// <summary>The last lines of its output.</summary>
    public string Tail(int lines) => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(lines)) : "";

    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _guard?.Forget(Id);
        return _process.ExitCode;
    }
}
