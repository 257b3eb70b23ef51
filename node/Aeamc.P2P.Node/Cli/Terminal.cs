using Aeamc.P2P.Anchoring.Journal;
using Aeamc.P2P.Cryptography.Keys;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Native;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;

namespace Aeamc.P2P.Node.Cli;

/// <summary>Runs a command's action and turns what went wrong into one line and an exit code.</summary>
public static class Terminal
{
    /// <summary>Runs <paramref name="action"/>; faults of the operator print one line on standard error, ours print everything.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception fault) when (IsOperatorFault(fault))
        {
            await Console.Error.WriteLineAsync($"aeamc: {fault.Message}");
            return ExitCode.OperatorError;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Success;
        }
        catch (InvariantException fault)
        {
            await Console.Error.WriteLineAsync($"aeamc: stopped to stay safe. {fault}");
            return ExitCode.InternalError;
        }
        catch (Exception fault)
        {
            await Console.Error.WriteLineAsync($"aeamc: this is a bug of ours. {fault}");
            return ExitCode.InternalError;
        }
    }

    /// <summary>Whether a fault is the operator's to mend: told in one line.</summary>
    internal static bool IsOperatorFault(Exception fault) =>
        fault is ConfigException or OperatorException or NativeLibraryMissingException or StorageException or RocksDbException or KeyFileException
            or JournalException or Libp2pException or UnauthorizedAccessException or IOException or InvalidDataException
        || (fault is TypeInitializationException { InnerException: { } inner } && IsOperatorFault(inner));
}
