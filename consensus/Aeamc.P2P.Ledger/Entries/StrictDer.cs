namespace Aeamc.P2P.Ledger;

/// <summary>The one form of an ECDSA P-256 signature in DER (X.690) that the network accepts.</summary>
public static class StrictDer
{
    /// <summary>The longest such signature.</summary>
    public const int MaxLength = 72;

    /// <summary>
    /// Whether <paramref name="signature"/> is SEQUENCE { INTEGER r, INTEGER s } with short lengths, both integers positive, in the fewest bytes and of at
    /// most 256 bits, and nothing after it. The range below the group order is the verifier's part.
    /// </summary>
    public static bool IsP256Signature(ReadOnlySpan<byte> signature)
    {
        if (signature.Length is < 8 or > MaxLength || signature[0] != 0x30 || signature[1] != signature.Length - 2)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = signature[2..];
        return TakeInteger(ref rest) && TakeInteger(ref rest) && rest.IsEmpty;
    }

    private static bool TakeInteger(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 3 || rest[0] != 0x02 || rest[1] is 0 or > 33 || rest.Length < 2 + rest[1])
        {
            return false;
        }

        ReadOnlySpan<byte> value = rest.Slice(2, rest[1]);
        rest = rest[(2 + rest[1])..];
        bool padded = value[0] == 0;
        bool shortest = !padded || (value.Length > 1 && value[1] >= 0x80);
        return value[0] < 0x80 && shortest && (value.Length < 33 || padded);
    }
}
