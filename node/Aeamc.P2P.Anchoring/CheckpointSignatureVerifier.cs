using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.Anchoring;

/// <summary>Checks group signatures by RFC 9591 over libsecp256k1, accepting exactly what the contract accepts.</summary>
public sealed class CheckpointSignatureVerifier : ICheckpointSignatureVerifier
{
    private CheckpointSignatureVerifier()
    {
    }

    /// <summary>The only instance; it holds no state.</summary>
    public static CheckpointSignatureVerifier Shared { get; } = new();

    public bool Verify(ReadOnlySpan<byte> groupKey, Hash256 message, ReadOnlySpan<byte> signature)
    {
        Secp256k1Group group = Secp256k1Group.Shared;
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        message.CopyTo(bytes);
        return group.TryDecode(groupKey, out CurvePoint key)
            && FrostSignature.TryDecode(group, signature, out FrostSignature? decoded)
            && decoded.Verify(group, key, bytes);
    }
}
