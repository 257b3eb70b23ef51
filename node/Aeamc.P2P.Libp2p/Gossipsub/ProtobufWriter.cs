using System.Text;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>Writes protobuf fields into a span that was measured to fit.</summary>
internal ref struct ProtobufWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    public int Position { get; private set; }

    public static int VarintSize(ulong value)
    {
        int size = 1;
        for (; value >= 0x80; value >>= 7)
        {
            size++;
        }

        return size;
    }

    /// <summary>Size of a length-delimited field of <paramref name="length"/> bytes whose number is below 16: one tag byte.</summary>
    public static int FieldSize(int length) => 1 + VarintSize((ulong)length) + length;

    /// <summary>Size of a length-delimited field with any number.</summary>
    public static int FieldSize(int field, int length) => VarintSize((ulong)field << 3) + VarintSize((ulong)length) + length;

    public void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _destination[Position++] = (byte)(value & 0x7F | 0x80);
        }

        _destination[Position++] = (byte)value;
    }

    public void WriteVarint(int field, ulong value)
    {
        WriteVarint((ulong)field << 3 | (ulong)WireType.Varint);
        WriteVarint(value);
    }

    /// <summary>Writes the tag and length of a field whose content follows.</summary>
    public void WriteHeader(int field, int length)
    {
        WriteVarint((ulong)field << 3 | (ulong)WireType.LengthDelimited);
        WriteVarint((ulong)length);
    }

    public void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        WriteHeader(field, value.Length);
        WriteRaw(value);
    }

    /// <summary>Writes bytes whose header was written.</summary>
    public void WriteRaw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_destination[Position..]);
        Position += value.Length;
    }

    public void WriteString(int field, string value)
    {
        WriteHeader(field, Encoding.UTF8.GetByteCount(value));
        Position += Encoding.UTF8.GetBytes(value, _destination[Position..]);
    }

    public void WriteId(int field, in MessageId id)
    {
        WriteHeader(field, id.Length);
        id.CopyTo(_destination[Position..]);
        Position += id.Length;
    }
}
