using System.Buffers;
using Aeamc.P2P.Native.Posix;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Log;

/// <summary>
/// The write-ahead log of consensus: whatever this node is about to say is here, on the disk, before it is said. <see cref="Append"/> buffers,
/// <see cref="Sync"/> makes all buffered records durable with one write and one sync. Used by one thread: the consensus loop.
///
/// After a crash an unfinished last sync is cut off, which is right because nothing that depended on it had been sent. Damage anywhere else
/// refuses to open (<see cref="ConsensusLogCorruptException"/>).
/// </summary>
public sealed class ConsensusLog : IDisposable
{
    private readonly string _folder;
    private readonly ConsensusLogOptions _options;
    private readonly Queue<ClosedSegment> _closed;
    private readonly ArrayBufferWriter<byte> _frame = new(64 << 10);
    private IReadOnlyList<SegmentScan> _recovered;
    private IStableFile _file;
    private string _path;
    private ulong _salt;
    private long _capacity;
    private long _offset;
    private ulong _segmentMark;
    private ulong _pendingMark;
    private ulong _next;
    private uint _pending;
    private bool _failed;
    private bool _disposed;

    private ConsensusLog(string folder, ConsensusLogOptions options, IReadOnlyList<SegmentScan> scans)
    {
        _folder = folder;
        _options = options;
        _recovered = scans;
        _closed = new Queue<ClosedSegment>(scans.SkipLast(1).Select(scan => new ClosedSegment(scan.Path, scan.HighestMark)));
        if (scans.Count == 0)
        {
            (_file, _path, _salt) = LogFolder.Create(folder, 0, options.SegmentBytes, options.OpenFile);
            _capacity = options.SegmentBytes;
            _offset = LogFormat.HeaderBytes;
        }
        else
        {
            SegmentScan last = scans[^1];
            (_file, _path, _salt) = (options.OpenFile(last.Path), last.Path, last.Salt);
            _capacity = last.Capacity;
            _offset = last.EndOffset;
            _next = last.NextSequence;
            _segmentMark = last.HighestMark;
        }

        ResetFrame();
    }

    /// <summary>The sequence number that the next appended record gets.</summary>
    public ulong NextSequence => _next;

    /// <summary>Bytes cut off at opening because a crash had left them unfinished.</summary>
    public long TornBytes { get; private init; }

    /// <summary>Segment files on the disk.</summary>
    public int SegmentCount => _closed.Count + 1;

    /// <summary>Opens the log in a folder, making both if need be, and cuts off what the last crash left unfinished.</summary>
    /// <exception cref="ConsensusLogCorruptException">Damage that no crash explains.</exception>
    public static ConsensusLog Open(string folder, ConsensusLogOptions? options = null)
    {
        Directory.CreateDirectory(folder);
        foreach (string unfinished in Directory.EnumerateFiles(folder, "*" + DurableFile.UnfinishedSuffix))
        {
            File.Delete(unfinished);
        }

        IReadOnlyList<SegmentScan> scans = LogFolder.Scan(folder);
        long torn = 0;
        foreach (SegmentScan scan in scans)
        {
            if (scan.End == SegmentEnd.Damaged)
            {
                throw new ConsensusLogCorruptException(scan.Path, scan.EndOffset, scan.Reason ?? "");
            }

            if (scan.End == SegmentEnd.Torn)
            {
                torn = scan.Capacity - scan.EndOffset;
                LogFolder.EraseFrom(scan.Path, scan.EndOffset);
            }
        }

        return new ConsensusLog(folder, options ?? new ConsensusLogOptions(), scans) { TornBytes = torn };
    }

    /// <summary>
    /// The records that were on the disk when the log was opened, oldest first. To be called once, before the first append; the memory they were
    /// read into is let go afterwards.
    /// </summary>
    public IEnumerable<LogRecord> Replay()
    {
        IReadOnlyList<SegmentScan> scans = _recovered;
        _recovered = [];
        return scans.SelectMany(scan => scan.Records);
    }

    /// <summary>Buffers a record; nothing is durable before <see cref="Sync"/>.</summary>
    /// <param name="type">The writer's code for what the payload is.</param>
    /// <param name="mark">A number that does not fall over time, such as epoch and view in one; <see cref="Prune"/> goes by it.</param>
    /// <param name="payload">Opaque bytes.</param>
    /// <returns>The record's sequence number.</returns>
    public ulong Append(byte type, ulong mark, ReadOnlySpan<byte> payload)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Invariant.Check(payload.Length <= _options.MaximumRecordBytes);
        LogFormat.WriteRecordHeader(_frame.GetSpan(LogFormat.RecordHeaderBytes), type, mark, payload.Length);
        _frame.Advance(LogFormat.RecordHeaderBytes);
        _frame.Write(payload);
        _pending++;
        _pendingMark = Math.Max(_pendingMark, mark);
        return _next++;
    }

    /// <summary>Makes every buffered record durable. When it returns, they survive a power cut; when it throws, the log takes no more.</summary>
    /// <exception cref="IOException">The disk refused. What it kept is unknown, so the log must be reopened (and the node restarted).</exception>
    public void Sync()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failed)
        {
            throw new IOException("The consensus log failed to write before; restart the node to recover what is on the disk.");
        }

        if (_pending == 0)
        {
            return;
        }

        // A failed sync may have dropped the very pages it failed on, so trying again would report success falsely.
        _failed = true;
        int length = _frame.WrittenCount;
        if (_offset + length > _capacity)
        {
            Roll(length);
        }

        Span<byte> frame = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_frame.WrittenMemory).Span;
        LogFormat.SealFrame(frame, _next - _pending, _pending, _salt);
        Write(frame);
        _offset += length;
        _segmentMark = Math.Max(_segmentMark, _pendingMark);
        _failed = false;
        ResetFrame();
    }

    /// <summary>Deletes the oldest segments as long as every record in them has a mark below <paramref name="mark"/>. The newest segment always stays.</summary>
    public void Prune(ulong mark)
    {
        bool any = false;
        while (_closed.TryPeek(out ClosedSegment oldest) && oldest.HighestMark < mark)
        {
            File.Delete(oldest.Path);
            _closed.Dequeue();
            any = true;
            CrashPoint.Reach(CrashPoint.LogPrune);
        }

        if (any)
        {
            PosixFiles.SyncFolder(_folder);
        }
    }

    /// <summary>Closes the files. Buffered records that were not synced are dropped, as a crash would.</summary>
    public void Dispose()
    {
        _disposed = true;
        _file.Dispose();
    }

    private void Write(ReadOnlySpan<byte> frame)
    {
        CrashPoint.Reach(CrashPoint.LogWrite);
        if (CrashPoint.Strikes(CrashPoint.LogTorn))
        {
            _file.Write(frame[..(frame.Length / 2)], _offset);
            PosixProcess.KillSelf();
        }

        _file.Write(frame, _offset);
        CrashPoint.Reach(CrashPoint.LogSync);
        _file.Sync();
        CrashPoint.Reach(CrashPoint.LogSynced);
    }

    private void Roll(int frameLength)
    {
        CrashPoint.Reach(CrashPoint.LogRoll);

        // An empty segment has the name of the one that takes its place, and is replaced by it.
        if (_offset > LogFormat.HeaderBytes)
        {
            _closed.Enqueue(new ClosedSegment(_path, _segmentMark));
        }

        _segmentMark = 0;
        _file.Dispose();
        _capacity = Math.Max(_options.SegmentBytes, LogFormat.HeaderBytes + (long)frameLength);
        (_file, _path, _salt) = LogFolder.Create(_folder, _next - _pending, _capacity, _options.OpenFile);
        _offset = LogFormat.HeaderBytes;
        CrashPoint.Reach(CrashPoint.LogRolled);
    }

    private void ResetFrame()
    {
        _frame.ResetWrittenCount();
        _frame.GetSpan(LogFormat.FrameHeaderBytes)[..LogFormat.FrameHeaderBytes].Clear();
        _frame.Advance(LogFormat.FrameHeaderBytes);
        _pending = 0;
        _pendingMark = 0;
    }

    private readonly record struct ClosedSegment(string Path, ulong HighestMark);
}
