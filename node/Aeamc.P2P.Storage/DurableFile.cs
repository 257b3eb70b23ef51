using Aeamc.P2P.Native.Posix;
using Microsoft.Win32.SafeHandles;

namespace Aeamc.P2P.Storage;

/// <summary>Files that are there, whole, after a power cut: written beside their place, synced, renamed into it, and the folder synced.</summary>
public static class DurableFile
{
    /// <summary>The ending of files being written; whoever finds one at start may delete it.</summary>
    public const string UnfinishedSuffix = ".tmp";

    /// <summary>Creates or replaces a file readable by its owner only. A crash leaves either the old content or the new.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string unfinished = path + UnfinishedSuffix;
        using (SafeFileHandle file = CreateUnfinished(unfinished))
        {
            RandomAccess.Write(file, content, 0);
            RandomAccess.FlushToDisk(file);
        }

        MoveIntoPlace(unfinished, path);
    }

    internal static SafeFileHandle CreateUnfinished(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return File.OpenHandle(path, options.Mode, options.Access, options.Share);
    }

    internal static void MoveIntoPlace(string unfinished, string path)
    {
        File.Move(unfinished, path, overwrite: true);
        PosixFiles.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
