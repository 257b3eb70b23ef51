namespace Aeamc.P2P.Threshold;

/// <summary>Interpolation at zero over members' identifiers (RFC 9591, 4.2: derive_interpolating_value).</summary>
public static class Lagrange
{
    // Two factors below this always fit a 64-bit product, so several small factors cost one multiplication modulo n.
    private const ulong FlushAbove = ulong.MaxValue / (2 * ThresholdLimits.MaxMembers);

    /// <summary>The coefficient of each of the distinct <paramref name="members"/>, in their order.</summary>
    public static Scalar[] Coefficients(ReadOnlySpan<NodeIndex> members)
    {
        var numerators = new Scalar[members.Length];
        var denominators = new Scalar[members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            (numerators[i], denominators[i]) = Fraction(members, members[i].Value);
        }

        // Montgomery's trick: one inversion for all denominators.
        var prefixes = new Scalar[members.Length];
        Scalar product = Scalar.One;
        for (int i = 0; i < members.Length; i++)
        {
            prefixes[i] = product;
            product *= denominators[i];
        }

        Invariant.Check(!product.IsZero);
        Scalar inverse = product.Inverse();
        for (int i = members.Length - 1; i >= 0; i--)
        {
            numerators[i] *= inverse * prefixes[i];
            inverse *= denominators[i];
        }

        return numerators;
    }

    private static (Scalar Numerator, Scalar Denominator) Fraction(ReadOnlySpan<NodeIndex> members, int own)
    {
        Scalar numerator = Scalar.One, denominator = Scalar.One;
        ulong top = 1, bottom = 1;
        bool negative = false;
        foreach (NodeIndex member in members)
        {
            int distance = member.Value - own;
            if (distance == 0)
            {
                continue;
            }

            negative ^= distance < 0;
            top *= member.Value + 1u;
            bottom *= (ulong)Math.Abs(distance);
            Flush(ref numerator, ref top, FlushAbove);
            Flush(ref denominator, ref bottom, FlushAbove);
        }

        Flush(ref numerator, ref top, 0);
        Flush(ref denominator, ref bottom, 0);
        return (negative ? -numerator : numerator, denominator);
    }

    private static void Flush(ref Scalar product, ref ulong pending, ulong above)
    {
        if (pending > above)
        {
            product *= Scalar.FromUInt64(pending);
            pending = 1;
        }
    }
}
