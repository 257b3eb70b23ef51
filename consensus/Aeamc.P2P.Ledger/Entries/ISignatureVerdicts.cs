namespace Aeamc.P2P.Ledger;

/// <summary>
/// Port: whether a signature is valid. A pure function of its arguments, the same on every node; it answers from a cache or computes.
/// Any bytes may be passed; what is not a valid signature is false, never an exception.
/// </summary>
public interface ISignatureVerdicts
{
    /// <summary>Whether <paramref name="key"/> signed <paramref name="message"/>.</summary>
    bool Verify(SignatureAlgorithm algorithm, PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}
