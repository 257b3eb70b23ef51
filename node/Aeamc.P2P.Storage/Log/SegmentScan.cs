namespace Aeamc.P2P.Storage.Log;

/// <summary>How a segment ends.</summary>
internal enum SegmentEnd
{
    /// <summary>Whole frames, then zeros.</summary>
    Clean,

    /// <summary>Something unfinished behind the last whole frame, and no whole frame behind that: what a crash leaves.</summary>
    Torn,

    /// <summary>A broken place before whole frames, or a broken header: what a crash cannot leave.</summary>
    Damaged,
}

/// <summary>What one segment file holds. Reads the whole file: a segment is a few megabytes, and is read once at start.</summary>
internal sealed record SegmentScan(
    string Path,
    ulong FirstSequence,
    ulong Salt,
    IReadOnlyList<LogRecord> Records,
    long Capacity,
    long EndOffset,
    SegmentEnd End,
    string? Reason)
{
    internal ulong NextSequence => FirstSequence + (ulong)Records.Count;

    internal ulong HighestMark => Records.Count == 0 ? 0 : Records.Max(record => record.Mark);

    internal static SegmentScan Read(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        string? headerError = LogFormat.ReadHeader(content, out ulong first, out ulong salt);
        if (headerError is not null)
        {
            return new SegmentScan(path, first, salt, [], content.Length, 0, SegmentEnd.Damaged, headerError);
        }

        List<LogRecord> records = [];
        int offset = LogFormat.HeaderBytes;
        while (TryReadFrame(content, offset, salt, first + (ulong)records.Count, records, out int length))
        {
            offset += length;
        }

        ReadOnlySpan<byte> rest = content.AsSpan(offset);
        if (!rest.ContainsAnyExcept((byte)0))
        {
            return new SegmentScan(path, first, salt, records, content.Length, offset, SegmentEnd.Clean, null);
        }

        int whole = FindWholeFrame(rest, salt);
        return whole < 0
            ? new SegmentScan(path, first, salt, records, content.Length, offset, SegmentEnd.Torn, "the record is unfinished")
            : new SegmentScan(
                path, first, salt, records, content.Length, offset, SegmentEnd.Damaged,
                $"the record is broken, though whole records follow at byte {offset + whole}");
    }

    private static bool TryReadFrame(byte[] content, int offset, ulong salt, ulong expected, List<LogRecord> records, out int length)
    {
        if (!LogFormat.TryReadFrame(content.AsSpan(offset), salt, out length, out ulong first, out uint count) || first != expected)
        {
            return false;
        }

        int at = offset + LogFormat.FrameHeaderBytes;
        int end = offset + length;
        var found = new List<LogRecord>();
        while (LogFormat.TryReadRecord(content.AsSpan(at, end - at), out byte type, out ulong mark, out int payload))
        {
            at += LogFormat.RecordHeaderBytes;
            found.Add(new LogRecord(expected + (ulong)found.Count, type, mark, content.AsMemory(at, payload)));
            at += payload;
        }

        if (at != end || found.Count != count)
        {
            return false;
        }

        records.AddRange(found);
        return true;
    }

    private static int FindWholeFrame(ReadOnlySpan<byte> rest, ulong salt)
    {
        Span<byte> magic = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(magic, LogFormat.FrameMagic);
        int start = 0;
        for (int found = rest.IndexOf(magic); found >= 0; found = rest[start..].IndexOf(magic))
        {
            start += found;
            if (LogFormat.TryReadFrame(rest[start..], salt, out _, out _, out _))
            {
                return start;
            }

            start++;
        }

        return -1;
    }
}
