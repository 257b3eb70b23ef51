using System.Runtime.InteropServices;

namespace Aeamc.P2P.Testnet.Processes;

/// <summary>Sends a POSIX signal: .NET's Process can only kill.</summary>
internal static partial class UnixSignals
{
    private const int SigTerm = 15;

    /// <summary>Asks a process to end. False when it is gone already.</summary>
    public static bool Terminate(int processId) => kill(processId, SigTerm) == 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int sig);
}
