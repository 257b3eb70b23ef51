using System.Buffers.Binary;
using System.Globalization;

namespace Aeamc.P2P.Storage.Log;

/// <summary>
/// Bytes of a segment, little-endian. A 64-byte header (magic 8, version u32, zero u32, first sequence u64, salt u64, zeros, CRC-32C u32 of the
/// 60 bytes before), then frames, then zeros to the end of the file. One frame is what one sync wrote: magic u32, body length u32, first
/// sequence u64, record count u32, CRC-32C u32 of (salt, the 16 bytes after the magic, body), and the body: records of type u8, mark u64,
/// length u32, payload.
///
/// One checksum covers all records of a sync because a crash may keep any part of what was not synced; a whole frame behind a broken one can
/// then only mean damage, never a crash. The salt is random, so bytes that a peer got us to log cannot pose as a frame.
/// </summary>
internal static class LogFormat
{
    internal const uint Version = 1;
    internal const int HeaderBytes = 64;
    internal const int FrameHeaderBytes = 24;
    internal const int RecordHeaderBytes = 13;
    internal const uint FrameMagic = 0x464C_4157; // "WALF"
    internal const string Extension = ".wal";

    private const int ChecksumAt = 60;

    internal static ReadOnlySpan<byte> Magic => "AEAMCWAL"u8;

    internal static string FileName(ulong firstSequence) => firstSequence.ToString("x16", CultureInfo.InvariantCulture) + Extension;

    internal static void WriteHeader(Span<byte> header, ulong firstSequence, ulong salt)
    {
        header[..HeaderBytes].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], firstSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], salt);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumAt..], Crc32C.Compute(header[..ChecksumAt]));
    }

    /// <summary>Null when the header is whole; otherwise what is wrong with it.</summary>
    internal static string? ReadHeader(ReadOnlySpan<byte> header, out ulong firstSequence, out ulong salt)
    {
        firstSequence = salt = 0;
        if (header.Length < HeaderBytes || !header.StartsWith(Magic))
        {
            return "the segment header is missing";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumAt..]) != Crc32C.Compute(header[..ChecksumAt]))
        {
            return "the segment header's checksum does not match";
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (version != Version)
        {
            return $"the segment has format {version}, this program reads {Version}";
        }

        firstSequence = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
        salt = BinaryPrimitives.ReadUInt64LittleEndian(header[24..]);
        return null;
    }

    /// <summary>Fills in the header of a frame whose body already stands behind it.</summary>
    internal static void SealFrame(Span<byte> frame, ulong firstSequence, uint count, ulong salt)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, FrameMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], (uint)(frame.Length - FrameHeaderBytes));
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], firstSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[16..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[20..], FrameChecksum(frame, salt));
    }

    /// <summary>Whether a whole frame starts here; its length with header.</summary>
    internal static bool TryReadFrame(ReadOnlySpan<byte> rest, ulong salt, out int length, out ulong firstSequence, out uint count)
    {
        length = 0;
        firstSequence = 0;
        count = 0;
        if (rest.Length < FrameHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(rest) != FrameMagic)
        {
            return false;
        }

        uint body = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
        if (body > (uint)(rest.Length - FrameHeaderBytes))
        {
            return false;
        }

        length = FrameHeaderBytes + (int)body;
        firstSequence = BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]);
        count = BinaryPrimitives.ReadUInt32LittleEndian(rest[16..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(rest[20..]) == FrameChecksum(rest[..length], salt);
    }

    internal static void WriteRecordHeader(Span<byte> header, byte type, ulong mark, int payloadLength)
    {
        header[0] = type;
        BinaryPrimitives.WriteUInt64LittleEndian(header[1..], mark);
        BinaryPrimitives.WriteUInt32LittleEndian(header[9..], (uint)payloadLength);
    }

    /// <summary>Reads the record at the start of a frame's remaining body.</summary>
    internal static bool TryReadRecord(ReadOnlySpan<byte> body, out byte type, out ulong mark, out int payloadLength)
    {
        type = 0;
        mark = 0;
        payloadLength = 0;
        if (body.Length < RecordHeaderBytes)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(body[9..]);
        if (length > (uint)(body.Length - RecordHeaderBytes))
        {
            return false;
        }

        type = body[0];
        mark = BinaryPrimitives.ReadUInt64LittleEndian(body[1..]);
        payloadLength = (int)length;
        return true;
    }

    private static uint FrameChecksum(ReadOnlySpan<byte> frame, ulong salt)
    {
        Span<byte> salted = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(salted, salt);
        uint crc = Crc32C.Compute(salted);
        crc = Crc32C.Compute(frame[4..20], crc);
        return Crc32C.Compute(frame[FrameHeaderBytes..], crc);
    }
}
