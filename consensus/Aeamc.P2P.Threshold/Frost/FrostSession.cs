namespace Aeamc.P2P.Threshold.Frost;

/// <summary>
/// One signing run: a message, the members who sign it and their nonce commitments, with everything that follows from those (RFC 9591, section 4).
/// The coordinator and each signer make the same session from the same list.
/// </summary>
public sealed class FrostSession
{
    private const int EntrySize = Scalar.Size + 2 * CurvePoint.Size;

    private readonly ISecp256k1Group _group;
    private readonly NonceCommitment[] _commitments;
    private readonly Scalar[] _bindingFactors;
    private readonly Scalar[] _coefficients;
    private readonly Scalar _challenge;

    private FrostSession(
        ISecp256k1Group group, ThresholdPublicKey key, NonceCommitment[] commitments, Scalar[] bindingFactors, Scalar[] coefficients, CurvePoint r, Scalar challenge)
    {
        (_group, Key, _commitments, _bindingFactors) = (group, key, commitments, bindingFactors);
        (_coefficients, R, _challenge) = (coefficients, r, challenge);
    }

    public ThresholdPublicKey Key { get; }

    /// <summary>The group commitment, R of the signature.</summary>
    public CurvePoint R { get; }

    /// <summary>The signers' commitments in ascending order of member.</summary>
    public ReadOnlySpan<NonceCommitment> Commitments => _commitments;

    /// <summary>
    /// Derives a session. False when the list is not a strictly ascending list of t..n members of the key, or when its commitments cancel out, which
    /// takes a cheat who chose his after seeing the others'.
    /// </summary>
    public static bool TryCreate(
        ISecp256k1Group group, ThresholdPublicKey key, ReadOnlySpan<NonceCommitment> commitments, ReadOnlySpan<byte> message, [NotNullWhen(true)] out FrostSession? session)
    {
        session = null;
        if (commitments.Length < key.Threshold || commitments.Length > key.Members || commitments[^1].Member.Value >= key.Members)
        {
            return false;
        }

        for (int i = 1; i < commitments.Length; i++)
        {
            if (commitments[i].Member <= commitments[i - 1].Member)
            {
                return false;
            }
        }

        Scalar[] factors = BindingFactors(key.GroupKey, commitments, message);
        CurvePoint r = GroupCommitment(group, commitments, factors);
        if (r.IsIdentity)
        {
            return false;
        }

        Scalar challenge = FrostHash.Challenge(r, key.GroupKey, message);
        if (challenge.IsZero)
        {
            return false;
        }

        var members = new NodeIndex[commitments.Length];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = commitments[i].Member;
        }

        session = new FrostSession(group, key, commitments.ToArray(), factors, Lagrange.Coefficients(members), r, challenge);
        return true;
    }

    /// <summary>The position of a member in the list, or -1.</summary>
    public int PositionOf(NodeIndex member)
    {
        for (int i = 0; i < _commitments.Length; i++)
        {
            if (_commitments[i].Member == member)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>
    /// Signs and spends the nonce (RFC 9591, 5.2). False, with the nonce kept, when the session does not hold exactly this nonce's commitment.
    /// </summary>
    public bool TrySign(SigningShare share, SigningNonce nonce, out Scalar signatureShare)
    {
        signatureShare = default;
        int position = PositionOf(share.Index);
        if (position < 0 || _commitments[position] != nonce.Commitment || share.PublicKey.GroupKey != Key.GroupKey)
        {
            return false;
        }

        (Scalar hiding, Scalar binding) = nonce.Spend();
        signatureShare = hiding + binding * _bindingFactors[position] + _coefficients[position] * share.Secret * _challenge;
        return true;
    }

    /// <summary>Whether a member's signature share is right (RFC 9591, 5.4): z_i * G = D_i + rho_i * E_i + lambda_i * c * Y_i.</summary>
    public bool VerifyShare(NodeIndex member, Scalar signatureShare)
    {
        int position = PositionOf(member);
        if (position < 0)
        {
            return false;
        }

        NonceCommitment commitment = _commitments[position];
        CurvePoint expected = _group.Sum(
            commitment.Hiding,
            _group.Multiply(commitment.Binding, _bindingFactors[position]),
            _group.Multiply(Key.VerificationShares[member.Value], _coefficients[position] * _challenge));
        return _group.MultiplyBase(signatureShare) == expected;
    }

    /// <summary>Adds up all signers' shares (RFC 9591, 5.3), given in any order.</summary>
    public FrostSignature Aggregate(ReadOnlySpan<Scalar> signatureShares)
    {
        Invariant.Check(signatureShares.Length == _commitments.Length);
        Scalar z = Scalar.Zero;
        foreach (Scalar share in signatureShares)
        {
            z += share;
        }

        return new FrostSignature(R, z);
    }

    /// <summary>compute_binding_factors (RFC 9591, 4.4) over encode_group_commitment_list (4.3).</summary>
    public static Scalar[] BindingFactors(CurvePoint groupKey, ReadOnlySpan<NonceCommitment> commitments, ReadOnlySpan<byte> message)
    {
        var encoded = new byte[commitments.Length * EntrySize];
        for (int i = 0; i < commitments.Length; i++)
        {
            Span<byte> entry = encoded.AsSpan(i * EntrySize, EntrySize);
            ThresholdPublicKey.Identifier(commitments[i].Member).CopyTo(entry);
            commitments[i].Hiding.CopyTo(entry[Scalar.Size..]);
            commitments[i].Binding.CopyTo(entry[(Scalar.Size + CurvePoint.Size)..]);
        }

        Span<byte> input = stackalloc byte[CurvePoint.Size + 2 * Hash256.Size + Scalar.Size];
        groupKey.CopyTo(input);
        FrostHash.Message(message).CopyTo(input[CurvePoint.Size..]);
        FrostHash.Commitments(encoded).CopyTo(input[(CurvePoint.Size + Hash256.Size)..]);
        var factors = new Scalar[commitments.Length];
        for (int i = 0; i < factors.Length; i++)
        {
            ThresholdPublicKey.Identifier(commitments[i].Member).CopyTo(input[(CurvePoint.Size + 2 * Hash256.Size)..]);
            factors[i] = FrostHash.BindingFactor(input);
        }

        return factors;
    }

    /// <summary>compute_group_commitment (RFC 9591, 4.5): the sum of D_i + rho_i * E_i.</summary>
    private static CurvePoint GroupCommitment(ISecp256k1Group group, ReadOnlySpan<NonceCommitment> commitments, Scalar[] factors)
    {
        var terms = new CurvePoint[2 * commitments.Length];
        for (int i = 0; i < commitments.Length; i++)
        {
            terms[2 * i] = commitments[i].Hiding;
            terms[2 * i + 1] = group.Multiply(commitments[i].Binding, factors[i]);
        }

        return group.Sum(terms);
    }
}
