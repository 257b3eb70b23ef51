using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Aeamc.P2P.Simulator.Checkers;

/// <summary>
/// Verifies a group signature with code of its own, out of RFC 9591 (section 6.5, appendix B), RFC 9380 (5.2, 5.3.1) and SEC 2 (2.4.1) and big integers: z * G = R + c * P. Slow; shares nothing
/// with what made the signature.
/// </summary>
public static class SchnorrCheck
{
    private static readonly BigInteger P = Hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F");
    private static readonly BigInteger N = Hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");
    private static readonly Point G = new(
        Hex("79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798"), Hex("483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8"), BigInteger.One);

    /// <param name="key">33 bytes, compressed.</param>
    /// <param name="message">The message.</param>
    /// <param name="signature">R compressed, then z, big-endian.</param>
    public static bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != 65 || Lift(signature[..33]) is not { } r || Lift(key) is not { } p)
        {
            return false;
        }

        BigInteger z = Number(signature[33..]);
        BigInteger c = Challenge(signature[..33], key, message);
        if (z.IsZero || z >= N || c.IsZero)
        {
            return false;
        }

        // z * G - c * P - R is the identity.
        return Add(Add(Multiply(G, z), Multiply(p, N - c)), r with { Y = P - r.Y }).Z.IsZero;
    }

    private static BigInteger Challenge(ReadOnlySpan<byte> r, ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        byte[] tag = Encoding.ASCII.GetBytes("FROST-secp256k1-SHA256-v1chal");
        byte[] suffix = [.. tag, (byte)tag.Length];
        byte[] b0 = SHA256.HashData([.. new byte[64], .. r, .. key, .. message, 0, 48, 0, .. suffix]);
        byte[] b1 = SHA256.HashData([.. b0, 1, .. suffix]);
        byte[] b2 = SHA256.HashData([.. b0.Zip(b1, (x, y) => (byte)(x ^ y)), 2, .. suffix]);
        return Number([.. b1, .. b2[..16]]) % N;
    }

    private static Point? Lift(ReadOnlySpan<byte> compressed)
    {
        BigInteger x = Number(compressed[1..]);
        BigInteger square = (BigInteger.ModPow(x, 3, P) + 7) % P;
        BigInteger y = BigInteger.ModPow(square, (P + 1) / 4, P);
        return compressed[0] is 2 or 3 && x < P && y * y % P == square ? new Point(x, y.IsEven == (compressed[0] == 2) ? y : P - y, BigInteger.One) : null;
    }

    private static Point Multiply(Point point, BigInteger scalar)
    {
        var sum = new Point(0, 1, 0);
        for (long bit = (long)scalar.GetBitLength() - 1; bit >= 0; bit--)
        {
            sum = Add(sum, sum);
            sum = ((scalar >> (int)bit) & 1).IsOne ? Add(sum, point) : sum;
        }

        return sum;
    }

    /// <summary>Homogeneous coordinates (X : Y : Z); one formula for all points (Renes, Costello, Batina 2016, algorithm 7, with b = 7).</summary>
    private static Point Add(Point a, Point b)
    {
        BigInteger xx = a.X * b.X % P;
        BigInteger yy = a.Y * b.Y % P;
        BigInteger zz = 21 * a.Z * b.Z % P;
        BigInteger xy = ((a.X + a.Y) * (b.X + b.Y) - xx - yy) % P;
        BigInteger yz = ((a.Y * b.Z) + (b.Y * a.Z)) % P;
        BigInteger xz = 21 * ((a.X * b.Z) + (b.X * a.Z)) % P;
        BigInteger sum = yy + zz;
        BigInteger difference = yy - zz;
        BigInteger three = 3 * xx;
        return new Point(Mod((xy * difference) - (yz * xz)), Mod((difference * sum) + (three * xz)), Mod((yz * sum) + (three * xy)));
    }

    private static BigInteger Mod(BigInteger value) => ((value % P) + P) % P;

    private static BigInteger Number(ReadOnlySpan<byte> bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);

    private static BigInteger Hex(string digits) => BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private sealed record Point(BigInteger X, BigInteger Y, BigInteger Z);
}
