using Aeamc.P2P.Native.Posix;

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
        using (FileStream file = CreateUnfinished(unfinished))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        MoveIntoPlace(unfinished, path);
    }

    internal static FileStream CreateUnfinished(string path)
    {
        // What an interrupted write left behind may have another mode.
        File.Delete(path);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    internal static void MoveIntoPlace(string unfinished, string path)
    {
        File.Move(unfinished, path, overwrite: true);
        PosixFiles.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
