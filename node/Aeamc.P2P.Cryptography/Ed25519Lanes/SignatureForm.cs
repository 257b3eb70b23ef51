namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// What libsodium 1.0.18 asks of a signature before it computes (its crypto_sign/ed25519/ref10/open.c): S below the group order, a canonical key, and
/// neither key nor R of small order. R's own canonicity follows from comparing encodings.
/// </summary>
internal static class SignatureForm
{
    public static bool IsAcceptable(ReadOnlySpan<byte> key, ReadOnlySpan<byte> signature) =>
        key.Length == PointBytes.Size
        && signature.Length == 2 * PointBytes.Size
        && IsReduced(signature[PointBytes.Size..])
        && IsCanonical(key)
        && !IsSmallOrder(key)
        && !IsSmallOrder(signature[..PointBytes.Size]);

    /// <summary>Whether y, the low 255 bits, is below p (RFC 8032 section 5.1.3, step 1).</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> point) => IsBelow(point, CurveConstants.Prime, topMask: 0x7f);

    /// <summary>Whether a scalar is below the group order.</summary>
    public static bool IsReduced(ReadOnlySpan<byte> scalar) => IsBelow(scalar, CurveConstants.Order, topMask: 0xff);

    /// <summary>Whether a canonical encoding is one of the eight points whose order divides 8: y is 0, 1, -1 or one of two of order 8.</summary>
    public static bool IsSmallOrder(ReadOnlySpan<byte> point)
    {
        // Nearly always decided by one byte: these are the only first bytes.
        return point[0] switch
        {
            0 => IsY(point, CurveConstants.Zero),
            1 => IsY(point, CurveConstants.One),
            0xec => IsY(point, CurveConstants.MinusOne),
            0x26 => IsY(point, CurveConstants.OrderEightY),
            0xc7 => IsY(point, CurveConstants.OrderEightNegativeY),
            _ => false,
        };
    }

    private static bool IsY(ReadOnlySpan<byte> point, ReadOnlySpan<byte> y) => point[..31].SequenceEqual(y[..31]) && (point[31] & 0x7f) == y[31];

    /// <summary>Whether a little-endian number, its top byte masked, is below a limit.</summary>
    private static bool IsBelow(ReadOnlySpan<byte> number, ReadOnlySpan<byte> limit, byte topMask)
    {
        int top = number[31] & topMask;
        if (top != limit[31])
        {
            return top < limit[31];
        }

        for (int i = 30; i >= 0; i--)
        {
            if (number[i] != limit[i])
            {
                return number[i] < limit[i];
            }
        }

        return false;
    }
}
