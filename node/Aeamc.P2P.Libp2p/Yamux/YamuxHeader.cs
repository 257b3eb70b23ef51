using System.Buffers.Binary;

namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>The 12-byte header of every Yamux frame (hashicorp/yamux spec.md): version 0, type, flags, stream id, length, big-endian.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Flags">Stream state changes that ride on it.</param>
/// <param name="StreamId">0 for the session itself.</param>
/// <param name="Length">Payload bytes, window delta, ping value or go-away code.</param>
internal readonly record struct YamuxHeader(YamuxFrameType Type, YamuxFlags Flags, uint StreamId, uint Length)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 12;

    private const YamuxFlags AllFlags = YamuxFlags.Syn | YamuxFlags.Ack | YamuxFlags.Fin | YamuxFlags.Rst;

    /// <summary>Writes the 12 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = 0;
        destination[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)Flags);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], StreamId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Length);
    }

    /// <summary>Reads 12 bytes; false for another version, an unknown type or unknown flags.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out YamuxHeader header)
    {
        header = new YamuxHeader(
            (YamuxFrameType)source[1],
            (YamuxFlags)BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[8..]));
        return source[0] == 0 && header.Type <= YamuxFrameType.GoAway && (header.Flags & ~AllFlags) == 0;
    }
}
