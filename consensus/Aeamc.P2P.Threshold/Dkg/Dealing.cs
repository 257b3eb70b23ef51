using System.Buffers;

namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>
/// A dealer's one message: commitments to its polynomial, an ephemeral key, proofs that it knows the secrets behind both, and every member's share,
/// encrypted. Encoding: [ceremony bin 32, [commitment bin 33] * t, ephemeral bin 33, secret proof bin 64, ephemeral proof bin 64, [share bin 48] * n].
/// Without the first proof the last dealer could choose the group key; without the second a dealer could copy another's ephemeral key and have an
/// honest member's complaint open that other dealer's share.
/// </summary>
internal sealed class Dealing
{
    private const int Fields = 6;

    private Dealing(
        NodeIndex dealer, ImmutableArray<CurvePoint> commitments, CurvePoint ephemeral, DiscreteLogProof secretProof, DiscreteLogProof ephemeralProof, byte[][] shares)
    {
        (Dealer, Commitments, Ephemeral) = (dealer, commitments, ephemeral);
        (SecretProof, EphemeralProof, Shares) = (secretProof, ephemeralProof, shares);
    }

    public NodeIndex Dealer { get; }

    public ImmutableArray<CurvePoint> Commitments { get; }

    public CurvePoint Ephemeral { get; }

    public DiscreteLogProof SecretProof { get; }

    public DiscreteLogProof EphemeralProof { get; }

    public byte[][] Shares { get; }

    private static ReadOnlySpan<byte> SecretTag => "AEAMC-DKG-v1 knows secret"u8;

    private static ReadOnlySpan<byte> EphemeralTag => "AEAMC-DKG-v1 knows ephemeral"u8;

    /// <summary>A member's dealing: the same bytes whenever it is made.</summary>
    public static Dealing Create(ISecp256k1Group group, DkgParameters parameters, NodeIndex dealer, DkgMemberSecret secret)
    {
        Scalar[] coefficients = secret.Coefficients(parameters);
        Scalar ephemeralSecret = secret.Ephemeral(parameters);
        ImmutableArray<CurvePoint> commitments = [.. coefficients.Select(group.MultiplyBase)];
        CurvePoint ephemeral = group.MultiplyBase(ephemeralSecret);
        var shares = new byte[parameters.Members][];
        for (ushort i = 0; i < shares.Length; i++)
        {
            var recipient = new NodeIndex(i);
            CurvePoint shared = group.MultiplySecret(parameters.EncryptionKeys[i], ephemeralSecret);
            shares[i] = EncryptedShare.Seal(parameters, dealer, recipient, ephemeral, shared, Polynomial.Evaluate(coefficients, recipient));
        }

        var dealing = new Dealing(
            dealer,
            commitments,
            ephemeral,
            DiscreteLogProof.ProveKnowledge(group, parameters, dealer, SecretTag, secret, coefficients[0], commitments[0]),
            DiscreteLogProof.ProveKnowledge(group, parameters, dealer, EphemeralTag, secret, ephemeralSecret, ephemeral),
            shares);
        Array.Clear(coefficients);
        return dealing;
    }

    public byte[] Encode(DkgParameters parameters)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.Write(parameters.CeremonyId);
        WirePoints.Write(writer, Commitments.AsSpan());
        WirePoints.Write(writer, Ephemeral);
        SecretProof.Write(writer);
        EphemeralProof.Write(writer);
        writer.WriteArrayHeader(Shares.Length);
        foreach (byte[] share in Shares)
        {
            writer.Write(share);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads and checks a dealing from the log; the shares stay sealed.</summary>
    public static DkgVerdict TryDecode(ISecp256k1Group group, DkgParameters parameters, NodeIndex dealer, ReadOnlySpan<byte> bytes, out Dealing? dealing)
    {
        dealing = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(Fields) || !reader.TryReadHash(out Hash256 ceremony))
        {
            return DkgVerdict.Malformed;
        }

        if (ceremony != parameters.CeremonyId)
        {
            return DkgVerdict.OtherCeremony;
        }

        if (!WirePoints.TryRead(ref reader, group, parameters.Threshold, out ImmutableArray<CurvePoint> commitments)
            || commitments.Length != parameters.Threshold
            || !WirePoints.TryRead(ref reader, group, out CurvePoint ephemeral)
            || !DiscreteLogProof.TryRead(ref reader, out DiscreteLogProof secretProof)
            || !DiscreteLogProof.TryRead(ref reader, out DiscreteLogProof ephemeralProof)
            || !reader.TryReadArrayHeader(parameters.Members))
        {
            return DkgVerdict.Malformed;
        }

        var shares = new byte[parameters.Members][];
        foreach (ref byte[] share in shares.AsSpan())
        {
            if (!reader.TryReadExactly(EncryptedShare.Size, out ReadOnlySpan<byte> sealedBytes))
            {
                return DkgVerdict.Malformed;
            }

            share = sealedBytes.ToArray();
        }

        if (!reader.End)
        {
            return DkgVerdict.Malformed;
        }

        if (!secretProof.VerifyKnowledge(group, parameters, dealer, SecretTag, commitments[0])
            || !ephemeralProof.VerifyKnowledge(group, parameters, dealer, EphemeralTag, ephemeral))
        {
            return DkgVerdict.BadProof;
        }

        dealing = new Dealing(dealer, commitments, ephemeral, secretProof, ephemeralProof, shares);
        return DkgVerdict.Accepted;
    }

    /// <summary>Opens a member's share with the shared point and checks it against the commitments (Feldman).</summary>
    public bool TryOpenShare(ISecp256k1Group group, DkgParameters parameters, NodeIndex recipient, CurvePoint shared, out Scalar share) =>
        EncryptedShare.TryOpen(parameters, Dealer, recipient, Ephemeral, shared, Shares[recipient.Value], out share)
        && group.MultiplyBase(share) == Polynomial.EvaluateCommitments(group, Commitments.AsSpan(), recipient);
}
