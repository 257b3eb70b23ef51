namespace Aeamc.P2P.Ledger;

/// <summary>
/// What an entry says about its own signature: that <paramref name="Key"/> signed <paramref name="Message"/>. Checkable without any state; whether the
/// key is the one that may sign is the ledger's question.
/// </summary>
/// <param name="Algorithm">How it is signed; always one that <paramref name="Key"/> serves.</param>
/// <param name="Key">The key named by the envelope.</param>
/// <param name="Message">The signed bytes, domain included (<see cref="Envelope.SignedMessage"/>).</param>
/// <param name="Signature">64 bytes, or strict DER.</param>
public sealed record SignatureClaim(
    SignatureAlgorithm Algorithm, PublicKey Key, ReadOnlyMemory<byte> Message, ReadOnlyMemory<byte> Signature);
