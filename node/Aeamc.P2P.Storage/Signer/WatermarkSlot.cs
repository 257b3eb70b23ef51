using System.Buffers;
using System.Buffers.Binary;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Signer;

/// <summary>
/// One of the two copies in the file: CRC-32C u32 and length u32, little-endian, then MessagePack <c>[format, counter, [[epoch, view, kind, hash]...]]</c>,
/// then zeros up to 512 bytes. The slots lie 4,096 bytes apart, so no write of one touches a sector or page of the other.
/// </summary>
internal static class WatermarkSlot
{
    internal const int Bytes = 512;
    internal const int Distance = 4096;

    private const ulong Format = 1;
    private const int PrefixBytes = 8;

    internal static void Write(Span<byte> slot, ulong counter, ReadOnlySpan<SignerMark> marks)
    {
        slot[..Bytes].Clear();
        ArrayBufferWriter<byte> body = new(Bytes);
        MessagePackWriter writer = new(body);
        writer.WriteArrayHeader(3);
        writer.Write(Format);
        writer.Write(counter);
        writer.WriteArrayHeader(marks.Length);
        foreach (SignerMark mark in marks)
        {
            writer.WriteArrayHeader(4);
            writer.Write(mark.Epoch.Value);
            writer.Write(mark.View.Value);
            writer.Write(mark.Kind);
            writer.Write(mark.Hash);
        }

        Invariant.Check(body.WrittenCount <= Bytes - PrefixBytes);
        body.WrittenSpan.CopyTo(slot[PrefixBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[4..], (uint)body.WrittenCount);
        BinaryPrimitives.WriteUInt32LittleEndian(slot, Crc32C.Compute(slot[4..Bytes]));
    }

    /// <summary>Reads a slot that was written whole.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> slot, out ulong counter, out IReadOnlyList<SignerMark> marks)
    {
        counter = 0;
        marks = [];
        if (slot.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(slot) != Crc32C.Compute(slot[4..Bytes]))
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(slot[4..]);
        if (length > Bytes - PrefixBytes)
        {
            return false;
        }

        MessagePackReader reader = new(slot.Slice(PrefixBytes, (int)length));
        if (!reader.TryReadArrayHeader(3) || !reader.TryReadUInt64(out ulong format) || format != Format || !reader.TryReadUInt64(out counter)
            || !reader.TryReadArrayHeader(SignerWatermark.MaximumKinds, out int count))
        {
            return false;
        }

        var read = new List<SignerMark>(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadArrayHeader(4) || !reader.TryReadUInt64(out ulong epoch) || !reader.TryReadUInt64(out ulong view)
                || !reader.TryReadUInt8(out byte kind) || !reader.TryReadHash(out Hash256 hash))
            {
                return false;
            }

            read.Add(new SignerMark(new Epoch(epoch), new View(view), kind, hash));
        }

        marks = read;
        return reader.End;
    }
}
