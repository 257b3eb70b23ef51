namespace Aeamc.P2P.Threshold.Frost;

/// <summary>
/// A nonce pair that signs once. Two signatures with one pair give away the secret share, so the pair can be made only from fresh randomness, is
/// never written anywhere, leaves this object once, and is wiped as it leaves.
/// </summary>
public sealed class SigningNonce : IDisposable
{
    /// <summary>How many random bytes <see cref="Generate"/> takes.</summary>
    public const int RandomnessSize = 64;

    private Scalar _hiding;
    private Scalar _binding;

    private SigningNonce(ISecp256k1Group group, NodeIndex member, Scalar hiding, Scalar binding)
    {
        (_hiding, _binding) = (hiding, binding);
        Commitment = new NonceCommitment(member, group.MultiplyBase(hiding), group.MultiplyBase(binding));
    }

    public NonceCommitment Commitment { get; }

    /// <summary>Whether the pair has been used or wiped.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>Makes a pair (RFC 9591, 5.1: commit, with nonce_generate of 4.1).</summary>
    /// <param name="randomness">64 bytes from a cryptographic source that are used for nothing else: 32 for each nonce.</param>
    public static SigningNonce Generate(ISecp256k1Group group, SigningShare share, ReadOnlySpan<byte> randomness)
    {
        Invariant.Check(randomness.Length == RandomnessSize);
        Scalar hiding = FrostHash.Nonce(randomness[..32], share.Secret);
        Scalar binding = FrostHash.Nonce(randomness[32..], share.Secret);

        // Probability 2^-256 each; a zero nonce would give the share away.
        Invariant.Check(!hiding.IsZero && !binding.IsZero);
        return new SigningNonce(group, share.Index, hiding, binding);
    }

    internal (Scalar Hiding, Scalar Binding) Spend()
    {
        Invariant.Check(!IsSpent);
        (Scalar, Scalar) pair = (_hiding, _binding);
        Dispose();
        return pair;
    }

    public void Dispose()
    {
        _hiding = default;
        _binding = default;
        IsSpent = true;
    }
}
