using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.Posix;

/// <summary>What .NET cannot do to its own process.</summary>
public static partial class PosixProcess
{
    private const int Kill = 9;

    /// <summary>SIGKILL to this process: no handler, no flush, no finally. For tests of crash safety.</summary>
    public static void KillSelf()
    {
        _ = Signal(Environment.ProcessId, Kill);
        Environment.FailFast("SIGKILL did not end this process.");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
