namespace Aeamc.P2P.Threshold.Frost;

/// <summary>A group signature (RFC 9591, 3.2): R as 33 compressed bytes, then z as 32 big-endian bytes.</summary>
public sealed record FrostSignature(CurvePoint R, Scalar Z)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = CurvePoint.Size + Scalar.Size;

    /// <summary>Reads exactly 65 bytes; false unless R is on the curve and 0 &lt; z &lt; n, which the contract asks too.</summary>
    public static bool TryDecode(ISecp256k1Group group, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out FrostSignature? signature)
    {
        signature = null;
        if (bytes.Length != Size
            || !group.TryDecode(bytes[..CurvePoint.Size], out CurvePoint r)
            || !Scalar.TryDecode(bytes[CurvePoint.Size..], out Scalar z)
            || z.IsZero)
        {
            return false;
        }

        signature = new FrostSignature(r, z);
        return true;
    }

    /// <summary>A new array of the 65 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        R.CopyTo(bytes);
        Z.CopyTo(bytes.AsSpan(CurvePoint.Size));
        return bytes;
    }

    /// <summary>
    /// Whether z * G = R + c * P (RFC 9591, appendix B, prime-order group). Refuses a zero z and a zero challenge, as the contract does, so a
    /// signature that verifies here verifies on chain.
    /// </summary>
    public bool Verify(ISecp256k1Group group, CurvePoint groupKey, ReadOnlySpan<byte> message)
    {
        if (R.IsIdentity || groupKey.IsIdentity || Z.IsZero)
        {
            return false;
        }

        Scalar challenge = FrostHash.Challenge(R, groupKey, message);
        return !challenge.IsZero && group.MultiplyBase(Z) == group.Sum(R, group.Multiply(groupKey, challenge));
    }
}
