using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Votes;

/// <summary>
/// Port: whether a signature is one. A pure function of its arguments, safe to call from several threads; node/ answers with
/// Ed25519, the simulator with a cheap scheme of its own.
/// </summary>
public interface ISignatureVerifier
{
    /// <summary>Whether <paramref name="signature"/> (64 bytes) by <paramref name="signer"/> covers <paramref name="message"/>.</summary>
    bool Verify(NodeId signer, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>Whether every signer signed the one message; <paramref name="signatures"/> holds 64 bytes for each, in order.</summary>
    bool VerifyAll(ReadOnlySpan<NodeId> signers, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signatures)
    {
        for (int i = 0; i < signers.Length; i++)
        {
            if (!Verify(signers[i], message, signatures.Slice(i * VoteSignature.Size, VoteSignature.Size)))
            {
                return false;
            }
        }

        return true;
    }
}
