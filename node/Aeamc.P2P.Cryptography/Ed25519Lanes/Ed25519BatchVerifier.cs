namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// Verifies Ed25519 signatures, many at once: eight to a pass where the machine has AVX-512, and by libsodium one at a time where it has not or where
/// there are too few to fill a pass. Every verdict is libsodium's (<see cref="Ed25519"/>), whichever way it was reached and whatever came beside
/// it. Thread-safe.
/// </summary>
/// <remarks>
/// The tables of keys that signed before are kept, and halve the work of a pass: about 4.4 KB each, 18 MB when all are taken.
/// </remarks>
/// <param name="lanes">Whether to use the lanes where the machine has them.</param>
/// <param name="keyCapacity">How many keys' tables are kept.</param>
public sealed class Ed25519BatchVerifier(bool lanes = true, int keyCapacity = 4096)
{
    /// <summary>Signatures that one pass verifies; a caller that has this many or more loses nothing by bringing them together.</summary>
    public const int PassSize = LaneElement.Lanes;

    /// <summary>From this many signatures on a pass costs less than libsodium does.</summary>
    private const int Worthwhile = 3;

    private readonly LaneVerifier? _lanes = lanes && LaneVerifier.IsSupported ? new LaneVerifier(keyCapacity) : null;

    /// <summary>Whether signatures are verified in lanes.</summary>
    public bool UsesLanes => _lanes is not null;

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

        if (_lanes is not null && claims.Length >= Worthwhile)
        {
            int rest = claims.Length % PassSize;
            int together = rest < Worthwhile ? claims.Length - rest : claims.Length;
            _lanes.Verify(claims[..together], verdicts[..together]);
            claims = claims[together..];
            verdicts = verdicts[together..];
        }

        for (int i = 0; i < claims.Length; i++)
        {
            verdicts[i] = Ed25519.Verify(claims[i].Key.Span, claims[i].Message.Span, claims[i].Signature.Span);
        }
    }
}
