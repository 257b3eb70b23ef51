using System.Buffers.Binary;

namespace Aeamc.P2P.Cryptography.Evm;

/// <summary>Recursive Length Prefix encoding (Ethereum Yellow Paper, appendix B). Only writing: nothing this node reads is RLP.</summary>
public static class Rlp
{
    private const byte ShortString = 0x80;
    private const byte ShortList = 0xc0;
    private const int LongestShort = 55;

    /// <summary>A byte string.</summary>
    public static byte[] Bytes(ReadOnlySpan<byte> value) => value.Length == 1 && value[0] < ShortString ? value.ToArray() : Prefixed(ShortString, value);

    /// <summary>A number: its big-endian bytes without leading zeros, zero being the empty string.</summary>
    public static byte[] Number(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return Number(bytes);
    }

    /// <summary>A number of any size from its big-endian bytes.</summary>
    public static byte[] Number(ReadOnlySpan<byte> bigEndian) => Bytes(bigEndian.TrimStart((byte)0));

    /// <summary>A list of items that are encoded already.</summary>
    public static byte[] List(params ReadOnlySpan<byte[]> items)
    {
        int length = 0;
        foreach (byte[] item in items)
        {
            length += item.Length;
        }

        var payload = new byte[length];
        int offset = 0;
        foreach (byte[] item in items)
        {
            item.CopyTo(payload, offset);
            offset += item.Length;
        }

        return Prefixed(ShortList, payload);
    }

    private static byte[] Prefixed(byte shortPrefix, ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= LongestShort)
        {
            return [(byte)(shortPrefix + payload.Length), .. payload];
        }

        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, payload.Length);
        ReadOnlySpan<byte> shortest = length.TrimStart((byte)0);
        return [(byte)(shortPrefix + LongestShort + shortest.Length), .. shortest, .. payload];
    }
}
