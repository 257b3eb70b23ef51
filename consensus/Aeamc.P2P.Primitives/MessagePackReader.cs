using System.Buffers.Binary;
using System.Text;

namespace Aeamc.P2P.Primitives;

/// <summary>
/// Reads canonical MessagePack (spec.md of the msgpack project, a subset: nil, bool, integers, str, bin, array) from a span.
/// Canonical means: the shortest form of every integer and length, valid UTF-8, nothing after the value. Every method
/// checks bounds before it reads and returns false on anything else; a reader that has returned false is not used again.
/// Nothing is allocated in proportion to a length that the input merely claims.
/// </summary>
public ref struct MessagePackReader(ReadOnlySpan<byte> input)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = input;

    /// <summary>Whether every byte has been read. A decoder returns false when this is false at its end.</summary>
    public readonly bool End => _rest.IsEmpty;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>Reads an array header that must announce exactly <paramref name="count"/> items.</summary>
    public bool TryReadArrayHeader(int count) => TryReadArrayHeader(count, out int actual) && actual == count;

    /// <summary>Reads an array header of at most <paramref name="maximum"/> items.</summary>
    public bool TryReadArrayHeader(int maximum, out int count)
    {
        count = 0;
        if (!TryReadByte(out byte code))
        {
            return false;
        }

        uint announced;
        if (code is >= 0x90 and <= 0x9f)
        {
            announced = code & 0x0fu;
        }
        else if (code == 0xdc && TryReadBigEndian(2, out ulong two) && two > 15)
        {
            announced = (uint)two;
        }
        else if (code == 0xdd && TryReadBigEndian(4, out ulong four) && four > ushort.MaxValue)
        {
            announced = (uint)four;
        }
        else
        {
            return false;
        }

        // Every item takes at least one byte, so a larger count is a lie however large the maximum is.
        if (announced > (uint)maximum || announced > (uint)_rest.Length)
        {
            return false;
        }

        count = (int)announced;
        return true;
    }

    /// <summary>Reads an unsigned integer in its shortest form.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        value = 0;
        if (!TryReadByte(out byte code))
        {
            return false;
        }

        if (code <= 0x7f)
        {
            value = code;
            return true;
        }

        return code switch
        {
            0xcc => TryReadBigEndian(1, out value) && value > 0x7f,
            0xcd => TryReadBigEndian(2, out value) && value > byte.MaxValue,
            0xce => TryReadBigEndian(4, out value) && value > ushort.MaxValue,
            0xcf => TryReadBigEndian(8, out value) && value > uint.MaxValue,
            _ => false,
        };
    }

    /// <summary>Reads an unsigned integer no larger than <paramref name="maximum"/>.</summary>
    public bool TryReadUInt64(ulong maximum, out ulong value) => TryReadUInt64(out value) && value <= maximum;

    /// <summary>Reads an unsigned integer of at most 32 bits.</summary>
    public bool TryReadUInt32(out uint value)
    {
        bool read = TryReadUInt64(uint.MaxValue, out ulong wide);
        value = read ? (uint)wide : 0;
        return read;
    }

    /// <summary>Reads an unsigned integer of at most 16 bits.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        bool read = TryReadUInt64(ushort.MaxValue, out ulong wide);
        value = read ? (ushort)wide : (ushort)0;
        return read;
    }

    /// <summary>Reads an unsigned integer of at most 8 bits.</summary>
    public bool TryReadUInt8(out byte value)
    {
        bool read = TryReadUInt64(byte.MaxValue, out ulong wide);
        value = read ? (byte)wide : (byte)0;
        return read;
    }

    /// <summary>Reads a signed integer in its shortest form; non-negative values use the unsigned codes.</summary>
    public bool TryReadInt64(out long value)
    {
        value = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        byte code = _rest[0];
        if (code <= 0x7f || code is >= 0xcc and <= 0xcf)
        {
            bool read = TryReadUInt64(long.MaxValue, out ulong positive);
            value = read ? (long)positive : 0;
            return read;
        }

        _rest = _rest[1..];
        if (code >= 0xe0)
        {
            value = unchecked((sbyte)code);
            return true;
        }

        ulong raw;
        switch (code)
        {
            case 0xd0 when TryReadBigEndian(1, out raw):
                value = unchecked((sbyte)raw);
                return value < -32;
            case 0xd1 when TryReadBigEndian(2, out raw):
                value = unchecked((short)raw);
                return value < sbyte.MinValue;
            case 0xd2 when TryReadBigEndian(4, out raw):
                value = unchecked((int)raw);
                return value < short.MinValue;
            case 0xd3 when TryReadBigEndian(8, out raw):
                value = unchecked((long)raw);
                return value < int.MinValue;
            default:
                return false;
        }
    }

    /// <summary>Reads true or false.</summary>
    public bool TryReadBoolean(out bool value)
    {
        bool read = TryReadByte(out byte code) && code is 0xc2 or 0xc3;
        value = read && code == 0xc3;
        return read;
    }

    /// <summary>Reads nil when it is next; otherwise reads nothing and returns false, and the reader stays usable.</summary>
    public bool TryReadNil()
    {
        if (_rest.IsEmpty || _rest[0] != 0xc0)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    /// <summary>Reads a byte string of at most <paramref name="maximum"/> bytes, as a view of the input.</summary>
    public bool TryReadBinary(int maximum, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadByte(out byte code))
        {
            return false;
        }

        ulong length;
        bool canonical = code switch
        {
            0xc4 => TryReadBigEndian(1, out length),
            0xc5 => TryReadBigEndian(2, out length) && length > byte.MaxValue,
            0xc6 => TryReadBigEndian(4, out length) && length > ushort.MaxValue,
            _ => Nothing(out length),
        };
        return canonical && TryTake(length, maximum, out value);
    }

    /// <summary>Reads a byte string of exactly <paramref name="length"/> bytes.</summary>
    public bool TryReadExactly(int length, out ReadOnlySpan<byte> value) => TryReadBinary(length, out value) && value.Length == length;

    /// <summary>Reads a 32-byte string as a hash.</summary>
    public bool TryReadHash(out Hash256 hash)
    {
        bool read = TryReadExactly(Hash256.Size, out ReadOnlySpan<byte> bytes);
        hash = read ? new Hash256(bytes) : default;
        return read;
    }

    /// <summary>Reads a 32-byte string as a node's public key.</summary>
    public bool TryReadNodeId(out NodeId id)
    {
        bool read = TryReadExactly(NodeId.Size, out ReadOnlySpan<byte> bytes);
        id = read ? new NodeId(bytes) : default;
        return read;
    }

    /// <summary>Reads valid UTF-8 text of at most <paramref name="maximumBytes"/> bytes.</summary>
    public bool TryReadString(int maximumBytes, out string value)
    {
        value = "";
        if (!TryReadByte(out byte code))
        {
            return false;
        }

        ulong length;
        bool canonical = code switch
        {
            >= 0xa0 and <= 0xbf => Just(code & 0x1fu, out length),
            0xd9 => TryReadBigEndian(1, out length) && length > 31,
            0xda => TryReadBigEndian(2, out length) && length > byte.MaxValue,
            0xdb => TryReadBigEndian(4, out length) && length > ushort.MaxValue,
            _ => Nothing(out length),
        };
        if (!canonical || !TryTake(length, maximumBytes, out ReadOnlySpan<byte> bytes) || !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return false;
        }

        value = StrictUtf8.GetString(bytes);
        return true;
    }

    private bool TryReadByte(out byte value)
    {
        value = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    private bool TryReadBigEndian(int size, out ulong value)
    {
        value = 0;
        if (_rest.Length < size)
        {
            return false;
        }

        value = size switch
        {
            1 => _rest[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(_rest),
            4 => BinaryPrimitives.ReadUInt32BigEndian(_rest),
            _ => BinaryPrimitives.ReadUInt64BigEndian(_rest),
        };
        _rest = _rest[size..];
        return true;
    }

    private bool TryTake(ulong length, int maximum, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (length > (ulong)maximum || length > (ulong)_rest.Length)
        {
            return false;
        }

        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    private static bool Just(uint length, out ulong value)
    {
        value = length;
        return true;
    }

    private static bool Nothing(out ulong value)
    {
        value = 0;
        return false;
    }
}
