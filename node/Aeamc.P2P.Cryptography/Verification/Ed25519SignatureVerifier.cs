using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography.Verification;

/// <summary>The consensus core's port for vote signatures, answered by libsodium. Without state; safe for use from several threads.</summary>
public sealed class Ed25519SignatureVerifier : ISignatureVerifier
{
    public bool Verify(NodeId signer, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => Ed25519.Verify(signer, message, signature);
}
