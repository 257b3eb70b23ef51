using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Proofs;

/// <summary>A checkpoint co-signed by the committee: what is anchored, journaled and handed to light clients.</summary>
/// <remarks>MessagePack: [checkpoint, bin 65 signature (R compressed || z), bin 33 group key (compressed)].</remarks>
public sealed class SignedCheckpoint
{
    /// <summary>R as a compressed point, then z, big-endian.</summary>
    public const int SignatureSize = 65;

    /// <summary>A compressed secp256k1 point.</summary>
    public const int GroupKeySize = 33;

    private readonly byte[] _signature;
    private readonly byte[] _groupKey;

    /// <exception cref="InvariantException">The signature or the key has the wrong length.</exception>
    public SignedCheckpoint(Checkpoint checkpoint, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> groupKey)
    {
        Invariant.Check(signature.Length == SignatureSize);
        Invariant.Check(groupKey.Length == GroupKeySize);
        Checkpoint = checkpoint;
        _signature = signature.ToArray();
        _groupKey = groupKey.ToArray();
    }

    /// <summary>What was signed.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>R compressed (33 bytes) || z (32 bytes).</summary>
    public ReadOnlySpan<byte> Signature => _signature;

    /// <summary>The key it claims to be signed under; trusted only when it equals the verifier's own.</summary>
    public ReadOnlySpan<byte> GroupKey => _groupKey;

    /// <summary>Checks network, cluster, key and signature.</summary>
    public ProofVerdict Verify(TrustAnchor trust, ICheckpointSignatureVerifier signatures)
    {
        if (Checkpoint.NetworkId != trust.NetworkId || Checkpoint.ClusterId != trust.ClusterId)
        {
            return ProofVerdict.WrongNetwork;
        }

        if (!GroupKey.SequenceEqual(trust.GroupKey.Span))
        {
            return ProofVerdict.UntrustedGroupKey;
        }

        return signatures.Verify(GroupKey, Checkpoint.SigningHash(), Signature) ? ProofVerdict.Valid : ProofVerdict.BadGroupSignature;
    }

    public void Encode(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        Checkpoint.Encode(ref writer);
        writer.Write(Signature);
        writer.Write(GroupKey);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false on anything else.</summary>
    public static bool TryDecode(ref MessagePackReader reader, [NotNullWhen(true)] out SignedCheckpoint? signed)
    {
        signed = null;
        if (!reader.TryReadArrayHeader(3) || !Checkpoint.TryDecode(ref reader, out Checkpoint? checkpoint)
            || !reader.TryReadExactly(SignatureSize, out ReadOnlySpan<byte> signature)
            || !reader.TryReadExactly(GroupKeySize, out ReadOnlySpan<byte> groupKey))
        {
            return false;
        }

        signed = new SignedCheckpoint(checkpoint, signature, groupKey);
        return true;
    }
}
