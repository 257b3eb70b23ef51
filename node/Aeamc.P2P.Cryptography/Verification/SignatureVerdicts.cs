using System.Buffers;
using System.Security.Cryptography;
using Aeamc.P2P.Cryptography.Ed25519Lanes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography.Verification;

/// <summary>
/// The ledger's port for device and node signatures: Ed25519 by libsodium's rule, P-256 by .NET. A signature found valid is remembered, so that one
/// proof is verified once per node however often it arrives and again when its block is applied. Thread-safe.
/// </summary>
/// <remarks>
/// Only valid signatures are remembered. A sender of invalid ones can make each differ from the last, so remembering them would save nothing and
/// would push out what honest devices sent.
/// </remarks>
/// <param name="capacity">How many valid signatures are remembered, about 100 bytes each.</param>
/// <param name="keyCapacity">How many imported P-256 keys are kept.</param>
/// <param name="lanes">Whether Ed25519 signatures that come together are verified eight at a time where the machine can.</param>
public sealed class SignatureVerdicts(int capacity = 131_072, int keyCapacity = 8192, bool lanes = true) : ISignatureVerdicts
{
    private const int StackLimit = 1024;

    private readonly BoundedCache<Hash256, bool> _valid = new(capacity);
    private readonly P256Verifier _p256 = new(keyCapacity);
    private readonly Ed25519BatchVerifier _ed25519 = new(lanes);

    // Unknown to strangers, so nobody can choose signatures that share a bucket of the cache.
    private readonly byte[] _salt = SecureRandom.Bytes(16);
    private long _computed;
    private long _remembered;

    /// <summary>How Ed25519 signatures are verified on this machine, for the log.</summary>
    public string Description => _ed25519.Description;

    /// <summary>Signatures verified by computation since the start.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    /// <summary>Signatures answered from memory since the start.</summary>
    public long Remembered => Interlocked.Read(ref _remembered);

    /// <inheritdoc/>
    public bool Verify(SignatureAlgorithm algorithm, PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!IsWellFormed(algorithm, key, signature))
        {
            return false;
        }

        Hash256 claim = Identify(algorithm, key, message, signature);
        if (_valid.TryGet(claim, out _))
        {
            Interlocked.Increment(ref _remembered);
            return true;
        }

        Interlocked.Increment(ref _computed);
        bool valid = Compute(algorithm, key, message, signature);
        if (valid)
        {
            _valid.Add(claim, true);
        }

        return valid;
    }

    /// <summary>The same for a claim of an entry.</summary>
    public bool Verify(SignatureClaim claim) => Verify(claim.Algorithm, claim.Key, claim.Message.Span, claim.Signature.Span);

    /// <summary>Judges many claims; those of Ed25519 that are not remembered are computed together.</summary>
    /// <param name="claims">Any number.</param>
    /// <param name="verdicts">As many, in the same order.</param>
    public void Verify(ReadOnlySpan<SignatureClaim> claims, Span<bool> verdicts)
    {
        var pending = new List<int>(claims.Length);
        var identities = new Hash256[claims.Length];
        for (int i = 0; i < claims.Length; i++)
        {
            SignatureClaim claim = claims[i];
            if (claim.Algorithm != SignatureAlgorithm.Ed25519)
            {
                verdicts[i] = Verify(claim);
                continue;
            }

            verdicts[i] = false;
            if (IsWellFormed(claim.Algorithm, claim.Key, claim.Signature.Span))
            {
                identities[i] = Identify(claim.Algorithm, claim.Key, claim.Message.Span, claim.Signature.Span);
                verdicts[i] = _valid.TryGet(identities[i], out _);
                if (!verdicts[i])
                {
                    pending.Add(i);
                    continue;
                }

                Interlocked.Increment(ref _remembered);
            }
        }

        var together = new Ed25519Claim[pending.Count];
        for (int i = 0; i < together.Length; i++)
        {
            SignatureClaim claim = claims[pending[i]];
            var key = new byte[PublicKey.Ed25519Size];
            claim.Key.CopyTo(key);
            together[i] = new Ed25519Claim(key, claim.Message, claim.Signature);
        }

        Interlocked.Add(ref _computed, together.Length);
        Span<bool> computed = stackalloc bool[StackLimit];
        computed = together.Length <= StackLimit ? computed[..together.Length] : new bool[together.Length];
        _ed25519.Verify(together, computed);
        for (int i = 0; i < together.Length; i++)
        {
            if (computed[i])
            {
                verdicts[pending[i]] = true;
                _valid.Add(identities[pending[i]], true);
            }
        }
    }

    private static bool IsWellFormed(SignatureAlgorithm algorithm, PublicKey key, ReadOnlySpan<byte> signature) =>
        key.Serves(algorithm) && signature.Length <= P256Signature.MaximumDerSize;

    private bool Compute(SignatureAlgorithm algorithm, PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> buffer = stackalloc byte[PublicKey.P256Size];
        key.CopyTo(buffer);
        ReadOnlySpan<byte> bytes = buffer[..key.Length];
        return algorithm switch
        {
            SignatureAlgorithm.Ed25519 => Ed25519.Verify(bytes, message, signature),
            SignatureAlgorithm.Es256 => _p256.VerifyRaw(bytes, message, signature),
            SignatureAlgorithm.Es256Der => _p256.VerifyDer(bytes, message, signature),
            _ => false,
        };
    }

    /// <summary>SHA-256 of salt, algorithm, key, signature and message, each but the last with a length that its predecessors fix.</summary>
    private Hash256 Identify(SignatureAlgorithm algorithm, PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        int length = _salt.Length + 1 + key.Length + 1 + signature.Length + message.Length;
        byte[]? rented = length > StackLimit ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> buffer = rented ?? stackalloc byte[StackLimit];
        Span<byte> rest = buffer;
        _salt.CopyTo(rest);
        rest = rest[_salt.Length..];
        rest[0] = (byte)algorithm;
        key.CopyTo(rest[1..]);
        rest = rest[(1 + key.Length)..];
        rest[0] = (byte)signature.Length;
        signature.CopyTo(rest[1..]);
        message.CopyTo(rest[(1 + signature.Length)..]);

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer[..length], digest);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return new Hash256(digest);
    }
}
