using System.Buffers.Binary;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// A message id of 1 to 48 bytes, held without an allocation. 48 bytes fit every id in common use: a digest, or
/// author || sequence number (38 + 8 bytes for an Ed25519 author).
/// </summary>
public readonly record struct MessageId
{
    /// <summary>The longest id that is kept; longer ones in control messages are skipped.</summary>
    public const int MaxSize = 48;

    private readonly ulong _a, _b, _c, _d, _e, _f;
    private readonly byte _length;

    private MessageId(ReadOnlySpan<byte> padded, int length)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(padded);
        _b = BinaryPrimitives.ReadUInt64BigEndian(padded[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(padded[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(padded[24..]);
        _e = BinaryPrimitives.ReadUInt64BigEndian(padded[32..]);
        _f = BinaryPrimitives.ReadUInt64BigEndian(padded[40..]);
        _length = (byte)length;
    }

    /// <summary>Length in bytes; 0 only for <c>default</c>, which is no id.</summary>
    public int Length => _length;

    /// <summary>Reads an id; false when it is empty or longer than <see cref="MaxSize"/>.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, out MessageId id)
    {
        if (bytes.Length is 0 or > MaxSize)
        {
            id = default;
            return false;
        }

        Span<byte> padded = stackalloc byte[MaxSize];
        bytes.CopyTo(padded);
        padded[bytes.Length..].Clear();
        id = new MessageId(padded, bytes.Length);
        return true;
    }

    /// <summary>Writes the <see cref="Length"/> bytes of the id.</summary>
    public void CopyTo(Span<byte> destination)
    {
        Span<byte> padded = stackalloc byte[MaxSize];
        BinaryPrimitives.WriteUInt64BigEndian(padded, _a);
        BinaryPrimitives.WriteUInt64BigEndian(padded[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(padded[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(padded[24..], _d);
        BinaryPrimitives.WriteUInt64BigEndian(padded[32..], _e);
        BinaryPrimitives.WriteUInt64BigEndian(padded[40..], _f);
        padded[.._length].CopyTo(destination);
    }

    /// <summary>A new array of the id's bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[_length];
        CopyTo(bytes);
        return bytes;
    }

    // Strangers choose ids: HashCode is keyed per process, so they cannot be chosen to collide.
    public override int GetHashCode() => HashCode.Combine(_a, _b, _c, _d, _e, _f, _length);

    /// <summary>Lowercase hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
