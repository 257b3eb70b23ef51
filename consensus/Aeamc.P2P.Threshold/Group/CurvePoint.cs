using System.Buffers.Binary;

namespace Aeamc.P2P.Threshold.Group;

/// <summary>
/// A point of secp256k1 in its 33-byte compressed form (SEC 1, 2.3.3), or the identity, which is the default value and has no wire form.
/// Only <see cref="ISecp256k1Group"/> makes points, so a value of this type is on the curve.
/// </summary>
public readonly struct CurvePoint : IEquatable<CurvePoint>
{
    /// <summary>Length of the compressed encoding in bytes (RFC 9591, 6.5: SerializeElement).</summary>
    public const int Size = 33;

    private readonly byte _prefix;
    private readonly ulong _a, _b, _c, _d;

    private CurvePoint(ReadOnlySpan<byte> compressed)
    {
        _prefix = compressed[0];
        _a = BinaryPrimitives.ReadUInt64BigEndian(compressed[1..]);
        _b = BinaryPrimitives.ReadUInt64BigEndian(compressed[9..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(compressed[17..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(compressed[25..]);
    }

    /// <summary>The neutral element. Decoders never return it.</summary>
    public static CurvePoint Identity => default;

    public bool IsIdentity => _prefix == 0;

    /// <summary>Whether y is odd: the low bit of the prefix.</summary>
    public bool IsYOdd => _prefix == 3;

    /// <summary>
    /// Takes 33 bytes that the curve library itself has produced or accepted. Bytes from anywhere else go through
    /// <see cref="ISecp256k1Group.TryDecode"/>.
    /// </summary>
    public static CurvePoint FromTrusted(ReadOnlySpan<byte> compressed)
    {
        Invariant.Check(compressed.Length == Size && compressed[0] is 2 or 3);
        return new CurvePoint(compressed);
    }

    /// <summary>Writes the 33 bytes to the start of <paramref name="destination"/>. The identity has no encoding.</summary>
    public void CopyTo(Span<byte> destination)
    {
        Invariant.Check(!IsIdentity);
        destination[0] = _prefix;
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[9..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[17..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[25..], _d);
    }

    /// <summary>A new array of the 33 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public bool Equals(CurvePoint other) =>
        _prefix == other._prefix && _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    public override bool Equals(object? obj) => obj is CurvePoint other && Equals(other);

    public static bool operator ==(CurvePoint left, CurvePoint right) => left.Equals(right);

    public static bool operator !=(CurvePoint left, CurvePoint right) => !left.Equals(right);

    public override int GetHashCode() => unchecked((int)_d);

    /// <summary>66 lowercase hexadecimal digits, or "identity".</summary>
    public override string ToString() => IsIdentity ? "identity" : Convert.ToHexStringLower(ToArray());
}
