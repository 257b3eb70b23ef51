using System.Buffers;

namespace Aeamc.P2P.Threshold;

/// <summary>
/// One member's share of the group secret together with the public key it belongs to. Dispose wipes the secret. <see cref="Encode"/> gives the
/// plain bytes: the caller keeps them only encrypted.
/// </summary>
public sealed class SigningShare : IDisposable
{
    private const int Version = 1;

    private Scalar _secret;
    private bool _wiped;

    /// <summary>Takes a share whose secret matches the member's verification share.</summary>
    public SigningShare(ISecp256k1Group group, NodeIndex index, Scalar secret, ThresholdPublicKey publicKey)
    {
        Invariant.Check(index.Value < publicKey.Members);
        Invariant.Check(group.MultiplyBase(secret) == publicKey.VerificationShares[index.Value]);
        (Index, _secret, PublicKey) = (index, secret, publicKey);
    }

    /// <summary>The member whose share this is.</summary>
    public NodeIndex Index { get; }

    public ThresholdPublicKey PublicKey { get; }

    internal Scalar Secret
    {
        get
        {
            Invariant.Check(!_wiped);
            return _secret;
        }
    }

    /// <summary>Writes [version, index, threshold, secret, group key, [verification share...]] as canonical MessagePack. Holds the secret in the clear.</summary>
    public void Encode(IBufferWriter<byte> output)
    {
        Span<byte> secret = stackalloc byte[Scalar.Size];
        Secret.CopyTo(secret);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(6);
        writer.Write(Version);
        writer.Write(Index.Value);
        writer.Write((ulong)PublicKey.Threshold);
        writer.Write(secret);
        secret.Clear();
        WirePoints.Write(writer, PublicKey.GroupKey);
        WirePoints.Write(writer, PublicKey.VerificationShares.AsSpan());
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false when it is malformed or the secret does not match its verification share.</summary>
    public static bool TryDecode(ISecp256k1Group group, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SigningShare? share)
    {
        share = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(6)
            || !reader.TryReadUInt64(out ulong version) || version != Version
            || !reader.TryReadUInt16(out ushort index)
            || !reader.TryReadUInt16(out ushort threshold)
            || !reader.TryReadExactly(Scalar.Size, out ReadOnlySpan<byte> secretBytes)
            || !Scalar.TryDecode(secretBytes, out Scalar secret)
            || !WirePoints.TryRead(ref reader, group, out CurvePoint groupKey)
            || !WirePoints.TryRead(ref reader, group, ThresholdLimits.MaxMembers, out ImmutableArray<CurvePoint> verificationShares)
            || !reader.End
            || index >= verificationShares.Length || threshold < 1 || threshold > verificationShares.Length
            || group.MultiplyBase(secret) != verificationShares[index])
        {
            return false;
        }

        share = new SigningShare(group, new NodeIndex(index), secret, new ThresholdPublicKey(threshold, groupKey, verificationShares));
        return true;
    }

    public void Dispose()
    {
        _secret = default;
        _wiped = true;
    }
}
