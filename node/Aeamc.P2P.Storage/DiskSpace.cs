using Aeamc.P2P.Native.RocksDb;

namespace Aeamc.P2P.Storage;

/// <summary>Room on the disk of the data folder.</summary>
public static class DiskSpace
{
    // errno(3): the same numbers on every Linux that .NET runs on, and ENOSPC also on macOS.
    internal const int NoSpace = 28;
    private const int OverQuota = 122;

    /// <summary>Bytes that this user may still write on the file system of a folder.</summary>
    public static long FreeBytes(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    /// <summary>Whether a fault, or one that it was caused by, says that the disk or the quota is used up.</summary>
    public static bool IsFull(Exception fault) => fault switch
    {
        AggregateException several => several.InnerExceptions.Any(IsFull),
        IOException { HResult: NoSpace or OverQuota } => true,
        RocksDbException engine when SaysFull(engine.Message) => true,
        _ => fault.InnerException is { } inner && IsFull(inner),
    };

    /// <summary>The engine gives no number, only errno's sentence in the C locale.</summary>
    private static bool SaysFull(string text) =>
        text.Contains("No space left on device", StringComparison.Ordinal) || text.Contains("Disk quota exceeded", StringComparison.Ordinal);
}
