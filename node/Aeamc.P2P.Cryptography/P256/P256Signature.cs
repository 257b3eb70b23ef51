namespace Aeamc.P2P.Cryptography;

/// <summary>
/// The two encodings of an ECDSA signature over P-256: 64 raw bytes r || s (RFC 7518 section 3.4), and DER
/// <c>SEQUENCE { INTEGER r, INTEGER s }</c> (RFC 3279 section 2.2.3) of which only the one canonical encoding is taken. In both, r and s lie in
/// 1..n-1; s may be above n/2.
/// </summary>
public static class P256Signature
{
    /// <summary>Length of the raw form in bytes.</summary>
    public const int RawSize = 64;

    /// <summary>The longest DER form in bytes: both integers with a leading zero.</summary>
    public const int MaximumDerSize = 72;

    /// <summary>Reads 64 raw bytes, which is a copy when r and s are in range.</summary>
    public static bool TryReadRaw(ReadOnlySpan<byte> signature, Span<byte> raw) =>
        signature.Length == RawSize && signature.TryCopyTo(raw) && InRange(raw[..32]) && InRange(raw[32..RawSize]);

    /// <summary>Reads strict DER into 64 raw bytes.</summary>
    public static bool TryReadDer(ReadOnlySpan<byte> der, Span<byte> raw)
    {
        // The longest content is 70 bytes, so a long-form length is never canonical here.
        if (der.Length is < 8 or > MaximumDerSize || der[0] != 0x30 || der[1] != der.Length - 2)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = der[2..];
        return TryReadInteger(ref rest, raw[..32]) && TryReadInteger(ref rest, raw[32..RawSize]) && rest.IsEmpty;
    }

    /// <summary>Writes 64 raw bytes as DER; returns the number of bytes written, at most <see cref="MaximumDerSize"/>.</summary>
    public static int WriteDer(ReadOnlySpan<byte> raw, Span<byte> der)
    {
        int length = 2;
        length += WriteInteger(raw[..32], der[length..]);
        length += WriteInteger(raw[32..RawSize], der[length..]);
        der[0] = 0x30;
        der[1] = (byte)(length - 2);
        return length;
    }

    private static bool TryReadInteger(ref ReadOnlySpan<byte> rest, Span<byte> destination)
    {
        if (rest.Length < 3 || rest[0] != 0x02)
        {
            return false;
        }

        int length = rest[1];
        if (length is 0 or > 33 || length > rest.Length - 2)
        {
            return false;
        }

        ReadOnlySpan<byte> integer = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        if (integer[0] >= 0x80)
        {
            return false; // negative
        }

        if (integer[0] == 0)
        {
            // A zero byte in front is right only where the next byte would otherwise make the number negative.
            if (length == 1 || integer[1] < 0x80)
            {
                return false;
            }

            integer = integer[1..];
        }

        if (integer.Length > 32)
        {
            return false;
        }

        destination[..(32 - integer.Length)].Clear();
        integer.CopyTo(destination[(32 - integer.Length)..]);
        return InRange(destination);
    }

    private static int WriteInteger(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        int first = value.IndexOfAnyExcept((byte)0);
        ReadOnlySpan<byte> digits = first < 0 ? value[^1..] : value[first..];
        int pad = digits[0] >= 0x80 ? 1 : 0;
        destination[0] = 0x02;
        destination[1] = (byte)(digits.Length + pad);
        destination[2] = 0;
        digits.CopyTo(destination[(2 + pad)..]);
        return 2 + pad + digits.Length;
    }

    private static bool InRange(ReadOnlySpan<byte> scalar) =>
        scalar.IndexOfAnyExcept((byte)0) >= 0 && scalar.SequenceCompareTo(P256Curve.OrderBytes) < 0;
}
