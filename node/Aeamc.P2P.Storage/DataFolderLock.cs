using System.Globalization;
using System.Text;

namespace Aeamc.P2P.Storage;

/// <summary>
/// One daemon on one data folder: two on one key would equivocate. Held by an advisory lock that the kernel drops with the process, so a killed
/// daemon never leaves the folder locked. The process id lies beside the lock only to be named in the refusal.
/// </summary>
public sealed class DataFolderLock : IDisposable
{
    private const string LockName = "daemon.lock";
    private const string ProcessName = "daemon.pid";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataFolderLock(string folder, FileStream held)
    {
        Folder = folder;
        _lock = held;
    }

    public string Folder { get; }

    /// <summary>Makes the folder if need be, closes it to everybody but its owner (0700), and takes the lock.</summary>
    /// <exception cref="StorageException">Another process holds it, or the folder cannot be made or written.</exception>
    public static DataFolderLock Acquire(string folder)
    {
        try
        {
            Prepare(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The data folder '{folder}' cannot be used: {error.Message} Give this user the folder, or name another in node.toml.", error);
        }

        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error)
        {
            throw new StorageException(
                $"The data folder '{folder}' is in use by {HolderOf(folder)}. Two daemons on one key would equivocate: stop that one first, or give this one its own folder and key.",
                error);
        }

        File.WriteAllText(Path.Combine(folder, ProcessName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", Encoding.ASCII);
        return new DataFolderLock(folder, held);
    }

    public void Dispose() => _lock.Dispose();

    private static void Prepare(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, OwnerOnly);
        if (File.GetUnixFileMode(folder) != OwnerOnly)
        {
            File.SetUnixFileMode(folder, OwnerOnly);
        }
    }

    private static string HolderOf(string folder)
    {
        string path = Path.Combine(folder, ProcessName);
        return File.Exists(path) ? $"process {File.ReadAllText(path).Trim()}" : "another process";
    }
}
