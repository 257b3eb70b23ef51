using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography;

/// <summary>A compressed P-256 point as a dictionary key: the x coordinate and the parity of y. Not yet known to be on the curve.</summary>
internal readonly record struct P256Point(Hash256 X, bool OddY)
{
    /// <summary>Reads 33 bytes in the compressed form of SEC 1 section 2.3.3. False for another length or prefix.</summary>
    public static bool TryRead(ReadOnlySpan<byte> compressed, out P256Point point)
    {
        if (compressed.Length != P256Curve.CompressedSize || compressed[0] is not (2 or 3))
        {
            point = default;
            return false;
        }

        point = new P256Point(new Hash256(compressed[1..]), compressed[0] == 3);
        return true;
    }
}
