using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Proofs;

/// <summary>Checks a group signature: FROST(secp256k1, SHA-256) of RFC 9591. A pure function of its arguments.</summary>
public interface ICheckpointSignatureVerifier
{
    /// <summary>Whether <paramref name="signature"/> (R compressed, 33 bytes, then z, 32) signs <paramref name="message"/> under the compressed key.</summary>
    bool Verify(ReadOnlySpan<byte> groupKey, Hash256 message, ReadOnlySpan<byte> signature);
}
