using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>An entry that has been read once; everything later works on this. Immutable.</summary>
/// <param name="Entry">The entry as it came.</param>
/// <param name="Id">
/// SHA-256(kind byte || payload bytes), never over signature bytes: an ECDSA signature has a twin. For a Phase-1 proof the payload is the signed text.
/// </param>
/// <param name="Payload">What it says.</param>
/// <param name="Claim">Its signature to check; null for Phase-1 kinds, whose key is not on the wire.</param>
public sealed record DecodedEntry(LedgerEntry Entry, Hash256 Id, EntryPayload Payload, SignatureClaim? Claim)
{
    /// <summary>The entry's kind.</summary>
    public EntryKind Kind => Payload.Kind;
}
