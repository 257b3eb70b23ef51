using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Node.Ingress;

/// <summary>Signs what this node itself puts on the ledger.</summary>
public sealed class NodeEntrySigner(Ed25519PrivateKey key, string network)
{
    /// <summary>The payload in an envelope signed by the node's key. The same payload always gives the same entry.</summary>
    public LedgerEntry Sign(EntryPayload payload)
    {
        byte[] bytes = payload.Encode();
        var signature = new byte[Ed25519.SignatureSize];
        key.Sign(Envelope.SignedMessage(network, payload.Kind, bytes), signature);
        return new LedgerEntry(payload.Kind, new Envelope(bytes, PublicKey.Of(key.PublicKey), SignatureAlgorithm.Ed25519, signature).Encode());
    }
}
