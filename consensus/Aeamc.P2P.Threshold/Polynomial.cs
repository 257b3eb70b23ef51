namespace Aeamc.P2P.Threshold;

/// <summary>Shamir sharing and Feldman's check of it: a polynomial f of degree t - 1, and the commitments C_k = f_k * G.</summary>
public static class Polynomial
{
    /// <summary>f(identifier of <paramref name="member"/>), by Horner's rule in constant time.</summary>
    public static Scalar Evaluate(ReadOnlySpan<Scalar> coefficients, NodeIndex member)
    {
        Scalar x = ThresholdPublicKey.Identifier(member);
        Scalar result = Scalar.Zero;
        for (int k = coefficients.Length - 1; k >= 0; k--)
        {
            result = result * x + coefficients[k];
        }

        return result;
    }

    /// <summary>f(identifier of <paramref name="member"/>) * G from the commitments.</summary>
    public static CurvePoint EvaluateCommitments(ISecp256k1Group group, ReadOnlySpan<CurvePoint> commitments, NodeIndex member)
    {
        Scalar x = ThresholdPublicKey.Identifier(member);
        CurvePoint result = CurvePoint.Identity;
        for (int k = commitments.Length - 1; k >= 0; k--)
        {
            result = group.Sum(group.Multiply(result, x), commitments[k]);
        }

        return result;
    }
}
