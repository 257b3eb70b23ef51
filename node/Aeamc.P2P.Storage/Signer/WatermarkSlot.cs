using System.Buffers;
using System.Buffers.Binary;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Signer;

/// <summary>
/// One of the copies in the file: CRC-32C u32 of what follows it, length u32, little-endian, then MessagePack
/// <c>[format, counter, [[epoch, view, kind, hash]...], logged, [vote...]]</c>, where <c>logged</c> is a mark like the others or nil, then zeros up to 4,096 bytes.
/// Format 1, which is still read, ended with the marks, took 512 bytes, and its checksum covered the zeros too.
/// </summary>
internal static class WatermarkSlot
{
    internal const int Bytes = 4096;

    private const int FormerBytes = 512;
    private const ulong Format = 2;
    private const ulong FormerFormat = 1;
    private const int PrefixBytes = 8;

    internal static void Write(Span<byte> slot, ulong counter, ReadOnlySpan<SignerMark> marks, SignerTail tail)
    {
        slot[..Bytes].Clear();
        ArrayBufferWriter<byte> body = new(Bytes);
        MessagePackWriter writer = new(body);
        writer.WriteArrayHeader(5);
        writer.Write(Format);
        writer.Write(counter);
        writer.WriteArrayHeader(marks.Length);
        foreach (SignerMark mark in marks)
        {
            Write(writer, mark);
        }

        if (tail.Logged is { } logged)
        {
            Write(writer, logged);
        }
        else
        {
            writer.WriteNil();
        }

        writer.WriteArrayHeader(tail.Votes.Count);
        foreach (ReadOnlyMemory<byte> vote in tail.Votes)
        {
            writer.Write(vote.Span);
        }

        Invariant.Check(body.WrittenCount <= Bytes - PrefixBytes);
        body.WrittenSpan.CopyTo(slot[PrefixBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[4..], (uint)body.WrittenCount);
        BinaryPrimitives.WriteUInt32LittleEndian(slot, Crc32C.Compute(slot[4..(PrefixBytes + body.WrittenCount)]));
    }

    /// <summary>Reads a slot that was written whole.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> slot, out ulong counter, out IReadOnlyList<SignerMark> marks, out SignerTail tail)
    {
        counter = 0;
        marks = [];
        tail = SignerTail.Empty;
        if (!TryFindBody(slot, out ReadOnlySpan<byte> body))
        {
            return false;
        }

        MessagePackReader reader = new(body);
        if (!reader.TryReadArrayHeader(5, out int fields) || !reader.TryReadUInt64(out ulong format) || (format, fields) is not ((Format, 5) or (FormerFormat, 3))
            || !reader.TryReadUInt64(out counter) || !reader.TryReadArrayHeader(SignerWatermark.MaximumKinds, out int count))
        {
            return false;
        }

        var read = new List<SignerMark>(count);
        for (int i = 0; i < count; i++)
        {
            if (!TryRead(ref reader, out SignerMark mark))
            {
                return false;
            }

            read.Add(mark);
        }

        marks = read;
        if (format == FormerFormat)
        {
            // The log was synced before the file then.
            tail = new SignerTail(SignerMark.Highest(read), []);
            return reader.End;
        }

        return TryRead(ref reader, out tail) && reader.End;
    }

    private static bool TryFindBody(ReadOnlySpan<byte> slot, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (slot.Length < FormerBytes)
        {
            return false;
        }

        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(slot);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(slot[4..]);
        if (length > (uint)(slot.Length - PrefixBytes))
        {
            return false;
        }

        int end = PrefixBytes + (int)length;
        body = slot[PrefixBytes..end];
        return checksum == Crc32C.Compute(slot[4..end]) || (end <= FormerBytes && checksum == Crc32C.Compute(slot[4..FormerBytes]));
    }

    private static bool TryRead(ref MessagePackReader reader, out SignerTail tail)
    {
        tail = SignerTail.Empty;
        SignerMark? logged = null;
        if (!reader.TryReadNil())
        {
            if (!TryRead(ref reader, out SignerMark mark))
            {
                return false;
            }

            logged = mark;
        }

        if (!reader.TryReadArrayHeader(Bytes, out int count))
        {
            return false;
        }

        var votes = new List<ReadOnlyMemory<byte>>();
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBinary(SignerTail.MaximumVoteBytes, out ReadOnlySpan<byte> vote))
            {
                return false;
            }

            votes.Add(vote.ToArray());
        }

        tail = new SignerTail(logged, votes);
        return true;
    }

    private static void Write(in MessagePackWriter writer, SignerMark mark)
    {
        writer.WriteArrayHeader(4);
        writer.Write(mark.Epoch.Value);
        writer.Write(mark.View.Value);
        writer.Write(mark.Kind);
        writer.Write(mark.Hash);
    }

    private static bool TryRead(ref MessagePackReader reader, out SignerMark mark)
    {
        mark = default;
        if (!reader.TryReadArrayHeader(4) || !reader.TryReadUInt64(out ulong epoch) || !reader.TryReadUInt64(out ulong view) || !reader.TryReadUInt8(out byte kind)
            || kind >= SignerWatermark.MaximumKinds || !reader.TryReadHash(out Hash256 hash))
        {
            return false;
        }

        mark = new SignerMark(new Epoch(epoch), new View(view), kind, hash);
        return true;
    }
}
