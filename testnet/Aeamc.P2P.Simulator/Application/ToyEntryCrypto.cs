using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>The ledger's ports: a keyed checksum for the signatures of devices, requesters and members. Phase-1 keys do not occur.</summary>
public sealed class ToyEntryCrypto : ISignatureVerdicts, IKeyRecovery
{
    /// <summary>The envelope of a payload, signed.</summary>
    public static LedgerEntry Seal(string network, NodeId signer, EntryPayload payload)
    {
        byte[] bytes = payload.Encode();
        var signature = new byte[Consensus.Votes.VoteSignature.Size];
        ToySignatures.Sign(signer, Ledger.Envelope.SignedMessage(network, payload.Kind, bytes)).CopyTo(signature);
        return new LedgerEntry(payload.Kind, new Ledger.Envelope(bytes, PublicKey.Of(signer), SignatureAlgorithm.Ed25519, signature).Encode());
    }

    public bool Verify(SignatureAlgorithm algorithm, PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == Consensus.Votes.VoteSignature.Size && key.TryToNodeId(out NodeId signer)
        && ToySignatures.Sign(signer, message) == new Consensus.Votes.VoteSignature(signature);

    public bool TryRecover(ReadOnlySpan<byte> message, ReadOnlySpan<byte> derSignature, [NotNullWhen(true)] out RecoveredKeys? keys)
    {
        keys = null;
        return false;
    }
}
