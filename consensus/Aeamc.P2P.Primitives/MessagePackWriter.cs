using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Aeamc.P2P.Primitives;

/// <summary>
/// Writes canonical MessagePack: the shortest form of every integer and length, so one value has one encoding and its
/// hash is well defined. Wire types are arrays of fields in a fixed order, never maps.
/// </summary>
public readonly ref struct MessagePackWriter(IBufferWriter<byte> output)
{
    private readonly IBufferWriter<byte> _output = output;

    public void WriteArrayHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count <= 15)
        {
            WriteByte((byte)(0x90 | count));
        }
        else if (count <= ushort.MaxValue)
        {
            WriteCoded(0xdc, 2, (ulong)count);
        }
        else
        {
            WriteCoded(0xdd, 4, (ulong)count);
        }
    }

    public void Write(ulong value)
    {
        switch (value)
        {
            case <= 0x7f:
                WriteByte((byte)value);
                break;
            case <= byte.MaxValue:
                WriteCoded(0xcc, 1, value);
                break;
            case <= ushort.MaxValue:
                WriteCoded(0xcd, 2, value);
                break;
            case <= uint.MaxValue:
                WriteCoded(0xce, 4, value);
                break;
            default:
                WriteCoded(0xcf, 8, value);
                break;
        }
    }

    public void WriteSigned(long value)
    {
        if (value >= 0)
        {
            Write((ulong)value);
            return;
        }

        ulong raw = unchecked((ulong)value);
        switch (value)
        {
            case >= -32:
                WriteByte(unchecked((byte)raw));
                break;
            case >= sbyte.MinValue:
                WriteCoded(0xd0, 1, raw);
                break;
            case >= short.MinValue:
                WriteCoded(0xd1, 2, raw);
                break;
            case >= int.MinValue:
                WriteCoded(0xd2, 4, raw);
                break;
            default:
                WriteCoded(0xd3, 8, raw);
                break;
        }
    }

    public void Write(bool value) => WriteByte(value ? (byte)0xc3 : (byte)0xc2);

    public void WriteNil() => WriteByte(0xc0);

    public void Write(ReadOnlySpan<byte> value)
    {
        switch (value.Length)
        {
            case <= byte.MaxValue:
                WriteCoded(0xc4, 1, (ulong)value.Length);
                break;
            case <= ushort.MaxValue:
                WriteCoded(0xc5, 2, (ulong)value.Length);
                break;
            default:
                WriteCoded(0xc6, 4, (ulong)value.Length);
                break;
        }

        _output.Write(value);
    }

    public void Write(Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        hash.CopyTo(bytes);
        Write(bytes);
    }

    public void Write(NodeId id)
    {
        Span<byte> bytes = stackalloc byte[NodeId.Size];
        id.CopyTo(bytes);
        Write(bytes);
    }

    public void Write(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        switch (length)
        {
            case <= 31:
                WriteByte((byte)(0xa0 | length));
                break;
            case <= byte.MaxValue:
                WriteCoded(0xd9, 1, (ulong)length);
                break;
            case <= ushort.MaxValue:
                WriteCoded(0xda, 2, (ulong)length);
                break;
            default:
                WriteCoded(0xdb, 4, (ulong)length);
                break;
        }

        Span<byte> destination = _output.GetSpan(length);
        _output.Advance(Encoding.UTF8.GetBytes(text, destination));
    }

    private void WriteByte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    private void WriteCoded(byte code, int size, ulong value)
    {
        Span<byte> span = _output.GetSpan(1 + size);
        span[0] = code;
        span = span[1..];
        switch (size)
        {
            case 1:
                span[0] = unchecked((byte)value);
                break;
            case 2:
                BinaryPrimitives.WriteUInt16BigEndian(span, unchecked((ushort)value));
                break;
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(span, unchecked((uint)value));
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(span, value);
                break;
        }

        _output.Advance(1 + size);
    }
}
