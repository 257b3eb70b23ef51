using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>The log and the signer watermark on disk.</summary>
internal static class LogMutations
{
    private const string Log = "node/Aeamc.P2P.Storage/Log/ConsensusLog.cs";
    private const string Folder = "node/Aeamc.P2P.Storage/Log/LogFolder.cs";
    private const string Format = "node/Aeamc.P2P.Storage/Log/LogFormat.cs";
    private const string Scan = "node/Aeamc.P2P.Storage/Log/SegmentScan.cs";
    private const string Lock = "node/Aeamc.P2P.Storage/DataFolderLock.cs";
    private const string Mark = "node/Aeamc.P2P.Storage/Signer/SignerWatermark.cs";
    private const string OneMark = "node/Aeamc.P2P.Storage/Signer/SignerMark.cs";
    private const string Slot = "node/Aeamc.P2P.Storage/Signer/WatermarkSlot.cs";

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Storage("log-sync", "Crash safety", "the log is written and not synced",
            new Edit(Log, "        _file.Sync();\n", "")),
        Storage("log-segment-sync", "Crash safety", "a new segment is not synced before it is used",
            new Edit(Folder, "            file.Sync();\n", "")),
        Storage("log-after-failure", "Crash safety", "goes on writing after a sync that failed",
            new Edit(Log, "        if (_failed)\n", "        if (_failed && _disposed)\n")),
        Storage("log-torn-cut", "Crash safety", "what a crash left unfinished is not cut off",
            new Edit(Log, "                LogFolder.EraseFrom(scan.Path, scan.EndOffset);\n", "")),
        Storage("log-damage-refused", "Crash safety", "opens a damaged log",
            new Edit(Log, "if (scan.End == SegmentEnd.Damaged)", "if (scan.End == SegmentEnd.Damaged && folder.Length == 0)")),
        Storage("log-checksum", "Crash safety", "a record's checksum is not checked",
            new Edit(Format, "return BinaryPrimitives.ReadUInt32LittleEndian(rest[20..]) == FrameChecksum(rest[..length], salt);", "return count > 0 || salt == 0;")),
        Storage("log-salt", "Crash safety", "bytes that a peer got logged can pose as a record",
            new Edit(Format, "BinaryPrimitives.WriteUInt64LittleEndian(salted, salt);", "BinaryPrimitives.WriteUInt64LittleEndian(salted, salt == 0 ? salt : 0);")),
        Storage("log-order", "Crash safety", "records out of their order are read",
            new Edit(Scan, "out ulong first, out uint count) || first != expected)", "out ulong first, out uint count) || first == ulong.MaxValue)")),
        Storage("log-gap", "Crash safety", "a missing segment is not noticed",
            new Edit(Folder, "scans.Count > 0 && scan.FirstSequence != scans[^1].NextSequence)", "scans.Count > 0 && scan.FirstSequence < scans[^1].NextSequence)")),
        Storage("log-torn-middle", "Crash safety", "a broken end before a newer segment passes for a crash's work",
            new Edit(Folder, "else if (scan.End == SegmentEnd.Torn && i < files.Count - 1)", "else if (scan.End == SegmentEnd.Torn && i < 0)")),
        Storage("log-damage-behind", "Crash safety", "damage before whole records passes for a crash's work",
            new Edit(Scan, "return whole < 0\n", "return whole < int.MaxValue\n")),
        Storage("log-header", "Crash safety", "a segment's header is believed without its checksum",
            new Edit(Format, "if (BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumAt..]) != Crc32C.Compute(header[..ChecksumAt]))", "if (header.Length < ChecksumAt)")),
        Storage("log-version", "Crash safety", "a segment of another format is read as if it were this one",
            new Edit(Format, "if (version != Version)", "if (version == 0)")),
        Storage("log-length", "Crash safety", "a record may be longer than what is left of its frame",
            new Edit(Format, "if (length > (uint)(body.Length - RecordHeaderBytes))", "if (length > int.MaxValue)")),
        Storage("log-pruned-early", "Crash safety", "drops segments with records that are still needed",
            new Edit(Log, "oldest.HighestMark < mark)", "oldest.HighestMark <= mark + 1)")),
        Storage("mark-sync", "Crash safety", "the watermark is written and not synced",
            new Edit(Mark, "        _file.Sync();\n", "")),
        Storage("mark-after-failure", "Crash safety", "the watermark goes on after a sync that failed",
            new Edit(Mark, "        if (_failed)\n", "        if (_failed && _disposed)\n")),
        Storage("mark-all-or-none", "Crash safety", "of several statements asked for together some are raised though one is refused",
            new Edit(Mark, "if (changed && worst <= WatermarkVerdict.Repeated)", "if (changed)")),
        Storage("mark-restored", "Crash safety", "a start does not put the watermark up to the votes of the log",
            new Edit(Mark, "                case WatermarkVerdict.Raised:\n                    raised[vote.Kind] = vote;\n                    changed = true;", "                case WatermarkVerdict.Raised:\n                    changed = raised.IsEmpty;")),
        Storage("mark-doubled", "Crash safety", "after a start that found one of its two slots damaged the newest vote is in the other only",
            new Edit(Mark, "if (changed || (!_doubled && Highest is not null))", "if (changed)")),
        Storage("mark-pair", "Crash safety", "the newest votes are in one slot only",
            new Edit(Mark, "        pair[..WatermarkSlot.Bytes].CopyTo(pair[WatermarkSlot.Bytes..]);\n", "        pair[WatermarkSlot.Bytes..].Clear();\n")),
        Storage("mark-tail", "Crash safety", "votes that the log may lack are not written when the marks stay",
            new Edit(Mark, "bool changed = tail.Votes.Count > 0 || tail.Logged != _tail.Logged;", "bool changed = tail.Logged != _tail.Logged;")),
        Storage("mark-tail-kept", "Crash safety", "a start beside a log that is not whole lets go of what the file says of the log",
            new Edit(Mark, "SignerTail tail = logged is null || (logged == _tail.Logged && _tail.Votes.Count == 0) ? _tail : new SignerTail(logged, []);", "SignerTail tail = new SignerTail(logged, []);")),
        Storage("mark-newest", "Crash safety", "the older of the watermark's two copies is believed",
            new Edit(Mark, "Copy newest = copies.MaxBy(copy => copy.Counter)!;", "Copy newest = copies.MinBy(copy => copy.Counter)!;")),
        Storage("folder-lock", "Crash safety", "two daemons run on one folder and one key",
            new Edit(Lock, "FileAccess.ReadWrite, FileShare.None, bufferSize: 0);", "FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);")),
        Storage("mark-below", "Crash safety", "the watermark lets an older view be signed",
            new Edit(Mark, "            < 0 => WatermarkVerdict.Below,", "            < 0 => WatermarkVerdict.Raised,")),
        Storage("mark-conflict", "Crash safety", "the watermark lets another statement of its view be signed",
            new Edit(Mark, "asked.Hash == mark.Hash ? WatermarkVerdict.Repeated : WatermarkVerdict.Conflict,", "WatermarkVerdict.Repeated,")),
        Storage("mark-latest", "Crash safety", "of two votes in one view the watermark names the earlier, so a log that lacks the later passes for whole",
            new Edit(OneMark, "mark.Kind >= sofar.Kind))", "mark.Kind < sofar.Kind))")),
        Storage("mark-slots", "Crash safety", "the watermark overwrites its only whole copy",
            new Edit(Mark, "int other = 1 - _pair;", "int other = 0 * _pair;")),
        Storage("mark-checksum", "Crash safety", "a torn watermark is believed",
            new Edit(Slot, "return checksum == Crc32C.Compute(slot[4..end]) ||", "return checksum > 0 ||")),
        Storage("mark-lost", "Crash safety", "a watermark that cannot be read counts as none",
            new Edit(Mark, "        if (copies.Count == 0)\n        {\n            throw", "        if (copies.Count == 0)\n        {\n            copies.Add(new Copy(0, 0, [], SignerTail.Empty));\n        }\n\n        if (copies.Count == 0)\n        {\n            throw")),
    ];
}
