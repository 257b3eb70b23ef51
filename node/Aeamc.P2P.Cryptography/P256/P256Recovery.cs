using System.Security.Cryptography;
using Org.BouncyCastle.Math;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace Aeamc.P2P.Cryptography;

/// <summary>
/// Public key recovery from an ECDSA signature over P-256 with SHA-256 (SEC 1 section 4.1.6). Phase-1 phones never send their key, only
/// signatures: each leaves two keys that could have made it, and two signatures of one phone have one key in common.
/// </summary>
public static class P256Recovery
{
    /// <summary>
    /// The compressed 33-byte keys under which the strict-DER signature verifies over the message, 0 or 2 of them (1 in a case that cannot be
    /// met), the one whose nonce point has an even y first. Where r + n is below p two more exist; that befalls one signature in 2^32 and they
    /// are left out, so such a signature identifies nobody and the phone's next one serves.
    /// </summary>
    public static IReadOnlyList<byte[]> Recover(ReadOnlySpan<byte> message, ReadOnlySpan<byte> derSignature)
    {
        Span<byte> raw = stackalloc byte[P256Signature.RawSize];
        if (!P256Signature.TryReadDer(derSignature, raw) || !P256Curve.TryDecompress(raw[..32], oddY: false, out ECPoint? nonce))
        {
            return [];
        }

        BigInteger order = P256Curve.Order;
        var r = new BigInteger(1, raw[..32].ToArray());
        var s = new BigInteger(1, raw[32..].ToArray());
        var e = new BigInteger(1, SHA256.HashData(message));

        // Q = r^-1 (s R - e G); for the other nonce point -R it is r^-1 (-s R - e G).
        BigInteger inverse = r.ModInverse(order);
        ECPoint fromNonce = nonce.Multiply(s.Multiply(inverse).Mod(order));
        ECPoint fromMessage = P256Curve.Generator.Multiply(e.Multiply(inverse).Mod(order)).Negate();
        var keys = new List<byte[]>(2);
        AddUnlessInfinity(keys, fromMessage.Add(fromNonce));
        AddUnlessInfinity(keys, fromMessage.Subtract(fromNonce));
        return keys;
    }

    private static void AddUnlessInfinity(List<byte[]> keys, ECPoint point)
    {
        if (!point.IsInfinity)
        {
            keys.Add(point.Normalize().GetEncoded(compressed: true));
        }
    }
}
