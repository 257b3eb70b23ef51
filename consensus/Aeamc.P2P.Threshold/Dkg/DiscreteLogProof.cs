namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>
/// Non-interactive proofs over secp256k1 as challenge and response: knowledge of a discrete logarithm (Schnorr), and equality of two (Chaum and
/// Pedersen). The challenge hashes a domain tag, the ceremony, the prover and the whole statement.
/// </summary>
/// <param name="Challenge">c.</param>
/// <param name="Response">z = k + c * secret.</param>
internal readonly record struct DiscreteLogProof(Scalar Challenge, Scalar Response)
{
    /// <summary>Length of c || z in bytes.</summary>
    public const int Size = 2 * Scalar.Size;

    /// <summary>Proves knowledge of log_G of the last statement point, secret * G.</summary>
    public static DiscreteLogProof ProveKnowledge(
        ISecp256k1Group group, DkgParameters parameters, NodeIndex prover, ReadOnlySpan<byte> tag, DkgMemberSecret nonceSource, Scalar secret, CurvePoint point)
    {
        byte[] statement = Statement(parameters, prover, tag, [point]);
        Scalar nonce = nonceSource.ProofNonce(parameters, statement);
        return Respond(statement, nonce, secret, [group.MultiplyBase(nonce)]);
    }

    public bool VerifyKnowledge(ISecp256k1Group group, DkgParameters parameters, NodeIndex prover, ReadOnlySpan<byte> tag, CurvePoint point) =>
        Matches(Statement(parameters, prover, tag, [point]), [Commitment(group, group.MultiplyBase(Response), point)]);

    /// <summary>Proves that secret is both log_G(<paramref name="point"/>) and log_base(<paramref name="product"/>).</summary>
    public static DiscreteLogProof ProveEquality(
        ISecp256k1Group group, DkgParameters parameters, NodeIndex prover, DkgMemberSecret nonceSource, Scalar secret, CurvePoint point, CurvePoint @base, CurvePoint product)
    {
        byte[] statement = Statement(parameters, prover, EqualityTag, [point, @base, product]);
        Scalar nonce = nonceSource.ProofNonce(parameters, statement);
        return Respond(statement, nonce, secret, [group.MultiplyBase(nonce), group.MultiplySecret(@base, nonce)]);
    }

    public bool VerifyEquality(
        ISecp256k1Group group, DkgParameters parameters, NodeIndex prover, CurvePoint point, CurvePoint @base, CurvePoint product) =>
        Matches(
            Statement(parameters, prover, EqualityTag, [point, @base, product]),
            [Commitment(group, group.MultiplyBase(Response), point), Commitment(group, group.Multiply(@base, Response), product)]);

    public void Write(MessagePackWriter writer)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Challenge.CopyTo(bytes);
        Response.CopyTo(bytes[Scalar.Size..]);
        writer.Write(bytes);
    }

    public static bool TryRead(ref MessagePackReader reader, out DiscreteLogProof proof)
    {
        proof = default;
        if (!reader.TryReadExactly(Size, out ReadOnlySpan<byte> bytes)
            || !Scalar.TryDecode(bytes[..Scalar.Size], out Scalar challenge)
            || !Scalar.TryDecode(bytes[Scalar.Size..], out Scalar response))
        {
            return false;
        }

        proof = new DiscreteLogProof(challenge, response);
        return true;
    }

    private static ReadOnlySpan<byte> EqualityTag => "AEAMC-DKG-v1 same logarithm"u8;

    private static ReadOnlySpan<byte> ChallengeTag => "AEAMC-DKG-v1 challenge"u8;

    /// <summary>k * base recomputed as z * base - c * (secret * base).</summary>
    private CurvePoint Commitment(ISecp256k1Group group, CurvePoint responsePoint, CurvePoint product) =>
        group.Sum(responsePoint, group.Multiply(product, -Challenge));

    private bool Matches(byte[] statement, ReadOnlySpan<CurvePoint> commitments)
    {
        foreach (CurvePoint commitment in commitments)
        {
            if (commitment.IsIdentity)
            {
                return false;
            }
        }

        return Hash(statement, commitments) == Challenge;
    }

    private static DiscreteLogProof Respond(byte[] statement, Scalar nonce, Scalar secret, ReadOnlySpan<CurvePoint> commitments)
    {
        Scalar challenge = Hash(statement, commitments);
        return new DiscreteLogProof(challenge, nonce + challenge * secret);
    }

    private static byte[] Statement(DkgParameters parameters, NodeIndex prover, ReadOnlySpan<byte> tag, ReadOnlySpan<CurvePoint> points)
    {
        var bytes = new byte[1 + tag.Length + Hash256.Size + 2 + points.Length * CurvePoint.Size];
        Span<byte> rest = bytes;
        rest[0] = (byte)tag.Length;
        tag.CopyTo(rest[1..]);
        rest = rest[(1 + tag.Length)..];
        parameters.CeremonyId.CopyTo(rest);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(rest[Hash256.Size..], prover.Value);
        rest = rest[(Hash256.Size + 2)..];
        foreach (CurvePoint point in points)
        {
            point.CopyTo(rest);
            rest = rest[CurvePoint.Size..];
        }

        return bytes;
    }

    private static Scalar Hash(byte[] statement, ReadOnlySpan<CurvePoint> commitments)
    {
        var input = new byte[statement.Length + commitments.Length * CurvePoint.Size];
        statement.CopyTo(input, 0);
        for (int i = 0; i < commitments.Length; i++)
        {
            commitments[i].CopyTo(input.AsSpan(statement.Length + i * CurvePoint.Size));
        }

        return Frost.FrostHash.HashToScalar(input, ChallengeTag);
    }
}
