namespace Aeamc.P2P.Storage.Log;

/// <summary>One segment as an operator sees it.</summary>
/// <param name="File">Its path.</param>
/// <param name="FirstSequence">The number of its first record.</param>
/// <param name="Records">Whole records in it.</param>
/// <param name="UsedBytes">Bytes up to the end of the last whole record.</param>
/// <param name="CapacityBytes">The file's size.</param>
/// <param name="Problem">What follows the last whole record, when it is not emptiness.</param>
/// <param name="Damaged">Whether the problem stops the node from starting; otherwise it is a crash's torn end, which opening cuts off.</param>
public sealed record LogSegmentReport(
    string File, ulong FirstSequence, int Records, long UsedBytes, long CapacityBytes, string? Problem, bool Damaged);

/// <summary>What a repair did.</summary>
/// <param name="File">The segment that was cut.</param>
/// <param name="Offset">Where it was cut, in bytes.</param>
/// <param name="RecordsKept">Whole records before that place, in all segments.</param>
/// <param name="SetAside">Copies of the damaged segment and of those after it, as they were.</param>
public sealed record LogRepair(string File, long Offset, ulong RecordsKept, IReadOnlyList<string> SetAside);

/// <summary>What an operator does with a consensus log that is not open: look, and cut off damage.</summary>
public static class ConsensusLogInspection
{
    private const string AsideSuffix = ".damaged";

    /// <summary>Reads the log without changing it, up to the first damage. <paramref name="visit"/> sees every whole record.</summary>
    public static IReadOnlyList<LogSegmentReport> Inspect(string folder, Action<LogRecord>? visit = null)
    {
        List<LogSegmentReport> reports = [];
        foreach (SegmentScan scan in LogFolder.Scan(folder))
        {
            if (visit is not null)
            {
                foreach (LogRecord record in scan.Records)
                {
                    visit(record);
                }
            }

            reports.Add(new LogSegmentReport(
                scan.Path, scan.FirstSequence, scan.Records.Count, scan.EndOffset, scan.Capacity, scan.Reason, scan.End == SegmentEnd.Damaged));
        }

        return reports;
    }

    /// <summary>
    /// Cuts a damaged log at the damage; null when there is none. Nothing is lost for good: what is cut is kept beside it. The caller holds the
    /// data folder's lock.
    /// </summary>
    public static LogRepair? Repair(string folder)
    {
        IReadOnlyList<SegmentScan> scans = LogFolder.Scan(folder);
        if (scans.Count == 0 || scans[^1].End != SegmentEnd.Damaged)
        {
            return null;
        }

        SegmentScan damaged = scans[^1];
        List<string> aside = [];
        IReadOnlyList<string> files = LogFolder.Segments(folder);

        // The newest first: a crash in the middle leaves a log that ends earlier, never one with a hole.
        for (int i = files.Count - 1; i >= scans.Count; i--)
        {
            aside.Add(MoveAside(files[i]));
        }

        if (damaged.EndOffset < LogFormat.HeaderBytes)
        {
            aside.Add(MoveAside(damaged.Path));
        }
        else
        {
            File.Copy(damaged.Path, damaged.Path + AsideSuffix, overwrite: true);
            aside.Add(damaged.Path + AsideSuffix);
            LogFolder.EraseFrom(damaged.Path, damaged.EndOffset);
        }

        Native.Posix.PosixFiles.SyncFolder(folder);
        ulong kept = scans.Aggregate(0UL, (sum, scan) => sum + (ulong)scan.Records.Count);
        return new LogRepair(damaged.Path, damaged.EndOffset, kept, aside);
    }

    private static string MoveAside(string path)
    {
        File.Move(path, path + AsideSuffix, overwrite: true);
        return path + AsideSuffix;
    }
}
