using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Aeamc.P2P.Cryptography;

/// <summary>The group of P-256 (FIPS 186-5, SEC 2 secp256r1) for public values only: BouncyCastle's arithmetic is not constant-time.</summary>
internal static class P256Curve
{
    public const int CompressedSize = 33;
    public const int CoordinateSize = 32;

    private static readonly Org.BouncyCastle.Asn1.X9.X9ECParameters Parameters = CustomNamedCurves.GetByName("secp256r1");

    public static ECCurve Curve => Parameters.Curve;

    public static ECPoint Generator => Parameters.G;

    public static BigInteger Order => Parameters.N;

    /// <summary>The group order n, 32 bytes big-endian.</summary>
    public static ReadOnlySpan<byte> OrderBytes =>
    [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];

    /// <summary>The field prime p = 2^256 - 2^224 + 2^192 + 2^96 - 1, 32 bytes big-endian.</summary>
    public static ReadOnlySpan<byte> PrimeBytes =>
    [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ];

    /// <summary>
    /// The point with this x and parity of y, or false when x is not below p or x^3 - 3x + b is not a square. P-256 has cofactor 1 and
    /// no point with y = 0, so every point found is in the group and is not the identity.
    /// </summary>
    public static bool TryDecompress(ReadOnlySpan<byte> x, bool oddY, [NotNullWhen(true)] out ECPoint? point)
    {
        point = null;
        if (x.Length != CoordinateSize || x.SequenceCompareTo(PrimeBytes) >= 0)
        {
            return false;
        }

        ECFieldElement fx = Curve.FromBigInteger(new BigInteger(1, x.ToArray()));
        ECFieldElement? fy = fx.Square().Add(Curve.A).Multiply(fx).Add(Curve.B).Sqrt();
        if (fy is null)
        {
            return false;
        }

        if (fy.TestBitZero() != oddY)
        {
            fy = fy.Negate();
        }

        point = Curve.CreatePoint(fx.ToBigInteger(), fy.ToBigInteger());
        return true;
    }
}
