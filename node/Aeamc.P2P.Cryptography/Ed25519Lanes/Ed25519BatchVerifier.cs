namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// Verifies Ed25519 signatures, many at once: eight to a pass where the machine has AVX-512, and by libsodium one at a time where it has not or where
/// there are too few to fill a pass. Every verdict is libsodium's (<see cref="Ed25519"/>), whichever way it was reached and whatever came beside
/// it. Thread-safe.
/// </summary>
/// <param name="lanes">Whether to use the lanes where the machine has them.</param>
public sealed class Ed25519BatchVerifier(bool lanes = true)
{
    /// <summary>Signatures that one pass verifies; a caller that has this many or more loses nothing by bringing them together.</summary>
    public const int PassSize = LaneElement.Lanes;

    /// <summary>From this many signatures on a pass costs less than libsodium does.</summary>
    private const int Worthwhile = 4;

    /// <summary>Whether signatures are verified in lanes.</summary>
    public bool UsesLanes { get; } = lanes && LaneVerifier.IsSupported;

    /// <summary>How this machine verifies, for the log.</summary>
    public string Description => UsesLanes ? "Ed25519 signatures eight at a time (AVX-512)" : "Ed25519 signatures one at a time (libsodium)";

    /// <summary>Judges each claim.</summary>
    /// <param name="claims">Any number.</param>
    /// <param name="verdicts">As many, in the same order.</param>
    public void Verify(ReadOnlySpan<Ed25519Claim> claims, Span<bool> verdicts)
    {
        if (verdicts.Length != claims.Length)
        {
            throw new ArgumentException($"There is room for {verdicts.Length} verdicts on {claims.Length} claims.", nameof(verdicts));
        }

        while (UsesLanes && claims.Length >= Worthwhile)
        {
            int count = Math.Min(claims.Length, PassSize);
            int bits = LaneVerifier.Verify(claims[..count]);
            for (int i = 0; i < count; i++)
            {
                verdicts[i] = (bits >> i & 1) != 0;
            }

            claims = claims[count..];
            verdicts = verdicts[count..];
        }

        for (int i = 0; i < claims.Length; i++)
        {
            verdicts[i] = Ed25519.Verify(claims[i].Key.Span, claims[i].Message.Span, claims[i].Signature.Span);
        }
    }
}
