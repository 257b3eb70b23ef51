using System.Diagnostics;
using System.Globalization;

namespace Aeamc.P2P.Testnet.Processes;

/// <summary>
/// Kills the children that this process leaves behind when it dies, also by SIGKILL. A small shell reads from a pipe that only this process
/// holds; when the pipe closes, the shell kills whatever is still on its list.
/// </summary>
public sealed class ProcessGuard : IDisposable
{
    // '+7' puts a process on the list, '-7' takes it off. Signals that reach the whole terminal must not end the guard before its time.
    private const string Script = """
        trap '' INT TERM HUP
        pids=' '
        while read -r line; do
          case $line in
            +*) pids="$pids${line#+} " ;;
            -*) id=${line#-}; case $pids in *" $id "*) pids="${pids%% $id *} ${pids#* $id }" ;; esac ;;
          esac
        done
        for id in $pids; do kill -9 "$id" 2>/dev/null; done
        """;

    private readonly Process _shell;
    private readonly Lock _gate = new();
    private bool _disposed;

    public ProcessGuard() =>
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script]) { UseShellExecute = false, RedirectStandardInput = true })
            ?? throw new TestnetException("/bin/sh could not be started.");

    /// <summary>Puts a process on the list.</summary>
    public void Watch(int processId) => Tell('+', processId);

    /// <summary>Takes a process that has ended off the list: its number may be given to another.</summary>
    public void Forget(int processId) => Tell('-', processId);

    /// <summary>Kills what is still on the list, and waits until that is done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _shell.StandardInput.Close();
        }

        _shell.WaitForExit();
        _shell.Dispose();
    }

    private void Tell(char sign, int processId)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _shell.StandardInput.Write(string.Create(CultureInfo.InvariantCulture, $"{sign}{processId}\n"));
                _shell.StandardInput.Flush();
            }
        }
    }
}
