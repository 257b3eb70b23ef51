using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aeamc.P2P.Native.Posix;

/// <summary>The two syncs that .NET does not offer: of a file's data without its times, and of a folder's entries.</summary>
public static partial class PosixFiles
{
    private const int OpenReadOnly = 0;

    /// <summary>
    /// Brings the file's data, and the metadata needed to read it back, to the disk. On Linux by fdatasync, which on a preallocated file saves
    /// the journal write that fsync makes for the modification time; elsewhere by the runtime's full flush.
    /// </summary>
    /// <exception cref="IOException">The disk refused; what was written since the last sync must be taken as lost.</exception>
    public static void SyncData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        if (DataSync(file) != 0)
        {
            throw Failure("fdatasync");
        }
    }

    /// <summary>Makes creations, renames and deletions in a folder durable.</summary>
    /// <exception cref="IOException">The folder is missing or the disk refused.</exception>
    public static void SyncFolder(string path)
    {
        int descriptor = Open(path, OpenReadOnly);
        if (descriptor < 0)
        {
            throw Failure($"open '{path}'");
        }

        using SafeFileHandle folder = new(descriptor, ownsHandle: true);
        if (FullSync(folder) != 0)
        {
            throw Failure($"fsync '{path}'");
        }
    }

    private static IOException Failure(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FullSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
