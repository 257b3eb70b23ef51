using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A device's identity. v2: the SHA-256 of its inception record, written <c>did:aeamc:</c> and 52 base32 letters (RFC 4648, lower case, no padding).
/// v1: the 8 bytes that Phase 1 writes as 16 lower-case hexadecimal digits.
/// </summary>
public readonly record struct DeviceId : IComparable<DeviceId>
{
    /// <summary>What every v2 identity begins with.</summary>
    public const string Prefix = "did:aeamc:";

    /// <summary>Length of a v1 identity in bytes.</summary>
    public const int V1Size = 8;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Base32Length = 52;

    private readonly bool _isV2;
    private readonly ulong _v1;
    private readonly Hash256 _v2;

    /// <summary>A v2 identity from the hash of its inception record.</summary>
    public DeviceId(Hash256 inceptionHash)
    {
        _isV2 = true;
        _v2 = inceptionHash;
    }

    private DeviceId(ulong v1) => _v1 = v1;

    /// <summary>Whether this is a Phase-1 identity.</summary>
    public bool IsV1 => !_isV2;

    /// <summary>Length in bytes: 8 for v1, 32 for v2.</summary>
    public int Length => _isV2 ? Hash256.Size : V1Size;

    /// <summary>Reads 8 or 32 bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DeviceId id)
    {
        id = bytes.Length switch
        {
            V1Size => new DeviceId(BinaryPrimitives.ReadUInt64BigEndian(bytes)),
            Hash256.Size => new DeviceId(new Hash256(bytes)),
            _ => default,
        };
        return bytes.Length is V1Size or Hash256.Size;
    }

    /// <summary>Parses 16 lower-case hexadecimal digits, the only spelling that a Phase-1 signature covers.</summary>
    public static bool TryParseV1([NotNullWhen(true)] string? text, out DeviceId id)
    {
        bool shaped = text is { Length: 2 * V1Size } && LowerHex.IsOnly(text);
        id = shaped ? new DeviceId(ulong.Parse(text!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)) : default;
        return shaped;
    }

    /// <summary>Parses either spelling.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DeviceId id)
    {
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return TryParseV1(text, out id);
        }

        id = default;
        ReadOnlySpan<char> letters = text.AsSpan(Prefix.Length);
        if (letters.Length != Base32Length)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Hash256.Size];
        uint pending = 0;
        int bits = 0;
        int length = 0;
        foreach (char letter in letters)
        {
            int value = Alphabet.IndexOf(letter, StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            pending = ((pending << 5) | (uint)value) & 0xfff;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes[length++] = unchecked((byte)(pending >> bits));
            }
        }

        // 52 letters carry 260 bits: the last four must be zero, or one identity would have sixteen spellings.
        id = new DeviceId(new Hash256(bytes));
        return (pending & 0xf) == 0;
    }

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        if (_isV2)
        {
            _v2.CopyTo(destination);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination, _v1);
        }
    }

    /// <summary>A new array of the identity's bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    public int CompareTo(DeviceId other)
    {
        int order = _isV2.CompareTo(other._isV2);
        if (order == 0)
        {
            order = _v1.CompareTo(other._v1);
        }

        return order != 0 ? order : _v2.CompareTo(other._v2);
    }

    public static bool operator <(DeviceId left, DeviceId right) => left.CompareTo(right) < 0;

    public static bool operator >(DeviceId left, DeviceId right) => left.CompareTo(right) > 0;

    public static bool operator <=(DeviceId left, DeviceId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(DeviceId left, DeviceId right) => left.CompareTo(right) >= 0;

    public override int GetHashCode() => _isV2 ? _v2.GetHashCode() : unchecked((int)(_v1 ^ (_v1 >> 32)));

    /// <summary>The spelling that <see cref="TryParse"/> reads.</summary>
    public override string ToString()
    {
        if (!_isV2)
        {
            return _v1.ToString("x16", CultureInfo.InvariantCulture);
        }

        Span<char> letters = stackalloc char[Base32Length];
        uint pending = 0;
        int bits = 0;
        int length = 0;
        foreach (byte value in _v2.ToArray())
        {
            pending = ((pending << 8) | value) & 0xffff;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                letters[length++] = Alphabet[(int)(pending >> bits) & 31];
            }
        }

        letters[length] = Alphabet[(int)(pending << (5 - bits)) & 31];
        return string.Concat(Prefix, letters);
    }
}
