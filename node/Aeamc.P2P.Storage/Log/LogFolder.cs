using System.Security.Cryptography;
using Aeamc.P2P.Native.Posix;
using Microsoft.Win32.SafeHandles;

namespace Aeamc.P2P.Storage.Log;

/// <summary>The segment files of one log.</summary>
internal static class LogFolder
{
    /// <summary>Segment files, oldest first.</summary>
    internal static IReadOnlyList<string> Segments(string folder) =>
        Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*" + LogFormat.Extension).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Scans every segment and, with <see cref="SegmentEnd.Damaged"/>, every break between them. Stops at the first damage.</summary>
    internal static IReadOnlyList<SegmentScan> Scan(string folder)
    {
        IReadOnlyList<string> files = Segments(folder);
        List<SegmentScan> scans = [];
        for (int i = 0; i < files.Count; i++)
        {
            SegmentScan scan = SegmentScan.Read(files[i]);
            if (scan.End != SegmentEnd.Damaged && scans.Count > 0 && scan.FirstSequence != scans[^1].NextSequence)
            {
                scan = scan with
                {
                    End = SegmentEnd.Damaged,
                    EndOffset = 0,
                    Records = [],
                    Reason = $"the segment starts at record {scan.FirstSequence}, the one before it ends at {scans[^1].NextSequence}",
                };
            }
            else if (scan.End == SegmentEnd.Torn && i < files.Count - 1)
            {
                // A new segment is made only when everything before it is synced.
                scan = scan with { End = SegmentEnd.Damaged, Reason = "the record is broken, though a newer segment follows" };
            }

            scans.Add(scan);
            if (scan.End == SegmentEnd.Damaged)
            {
                break;
            }
        }

        return scans;
    }

    /// <summary>Makes a segment of zeros with its header, durably, and returns it open for writing.</summary>
    internal static (IStableFile File, string Path, ulong Salt) Create(string folder, ulong firstSequence, long bytes, Func<string, IStableFile> open)
    {
        string path = Path.Combine(folder, LogFormat.FileName(firstSequence));
        string unfinished = path + DurableFile.UnfinishedSuffix;
        ulong salt = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        try
        {
            DurableFile.CreateUnfinished(unfinished).Dispose();
            using IStableFile file = open(unfinished);
            var block = new byte[64 << 10];
            LogFormat.WriteHeader(block, firstSequence, salt);
            for (long offset = 0; offset < bytes; offset += block.Length)
            {
                file.Write(block.AsSpan(0, (int)Math.Min(block.Length, bytes - offset)), offset);
                block.AsSpan(0, LogFormat.HeaderBytes).Clear();
            }

            file.Sync();
        }
        catch (IOException)
        {
            // On a full disk the unfinished segment would keep the very space that is missing.
            File.Delete(unfinished);
            throw;
        }

        CrashPoint.Reach(CrashPoint.LogSegment);
        DurableFile.MoveIntoPlace(unfinished, path);
        return (open(path), path, salt);
    }

    /// <summary>Writes zeros from an offset to the end of the file and syncs.</summary>
    internal static void EraseFrom(string path, long offset)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        long length = RandomAccess.GetLength(file);
        if (offset < length)
        {
            RandomAccess.Write(file, new byte[length - offset], offset);
        }

        PosixFiles.SyncData(file);
    }
}
