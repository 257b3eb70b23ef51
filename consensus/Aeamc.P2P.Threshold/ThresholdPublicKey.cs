namespace Aeamc.P2P.Threshold;

/// <summary>What everybody knows of a shared key: how many sign, the key they sign for, and what each member's share must match.</summary>
public sealed class ThresholdPublicKey
{
    /// <param name="threshold">t: how many members it takes to sign, 1..n.</param>
    /// <param name="groupKey">P, never the identity.</param>
    /// <param name="verificationShares">Y_i = s_i * G of each member in committee order.</param>
    public ThresholdPublicKey(int threshold, CurvePoint groupKey, ImmutableArray<CurvePoint> verificationShares)
    {
        Invariant.Check(verificationShares.Length is >= 1 and <= ThresholdLimits.MaxMembers);
        Invariant.Check(threshold >= 1 && threshold <= verificationShares.Length);
        Invariant.Check(!groupKey.IsIdentity);
        (Threshold, GroupKey, VerificationShares) = (threshold, groupKey, verificationShares);
    }

    /// <summary>t.</summary>
    public int Threshold { get; }

    /// <summary>n.</summary>
    public int Members => VerificationShares.Length;

    /// <summary>P, the key that signatures are checked against.</summary>
    public CurvePoint GroupKey { get; }

    /// <summary>Y_i of each member in committee order.</summary>
    public ImmutableArray<CurvePoint> VerificationShares { get; }

    /// <summary>RFC 9591's identifier of a member: its index plus one, for zero is where the secret lies.</summary>
    public static Scalar Identifier(NodeIndex member) => Scalar.FromUInt32(member.Value + 1u);
}
