using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Aeamc.P2P.Cryptography.Ed25519Lanes;
using Aeamc.P2P.Native.Sodium;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography;

/// <summary>
/// ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381 section 5.5, suite 0x03): a proof that only the key's holder can make, and a 64-byte hash of it that is
/// the same for every valid proof of one key and input, so it cannot be ground.
/// </summary>
/// <remarks>
/// Stricter than the RFC in one point, the same on every node: the public key and Gamma must lie in the main subgroup, which libsodium demands of
/// points that it multiplies and which every proof made by <see cref="Prove(Ed25519PrivateKey, ReadOnlySpan{byte})"/> satisfies. The hash would be the same either way.
/// </remarks>
public static unsafe class Ecvrf
{
    /// <summary>Length of a proof in bytes: Gamma 32, challenge 16, response 32.</summary>
    public const int ProofSize = 80;

    /// <summary>Length of the output ("beta") in bytes.</summary>
    public const int HashSize = 64;

    private const int PointSize = 32;
    private const int ScalarSize = 32;
    private const int ChallengeSize = 16;
    private const byte Suite = 0x03;
    private const byte EncodeToCurve = 0x01;
    private const byte Challenge = 0x02;
    private const byte ProofToHash = 0x03;
    private const byte Back = 0x00;

    private const int CandidatesAtOnce = 8;

    /// <summary>The 80-byte proof for an input (section 5.1).</summary>
    public static byte[] Prove(Ed25519PrivateKey key, ReadOnlySpan<byte> alpha) => Prove(key, alpha, LaneVerifier.IsSupported);

    /// <summary>The same, with the input's point found in lanes or by libsodium. The multiples by secrets are libsodium's, in constant time, in both.</summary>
    internal static byte[] Prove(Ed25519PrivateKey key, ReadOnlySpan<byte> alpha, bool lanes)
    {
        SodiumLibrary.EnsureReady();
        Span<byte> publicKey = stackalloc byte[PointSize];
        key.PublicKey.CopyTo(publicKey);
        Span<byte> h = stackalloc byte[PointSize];
        HashToPoint(publicKey, alpha, lanes, h);

        var proof = new byte[ProofSize];
        Span<byte> gamma = proof.AsSpan(0, PointSize);
        Span<byte> expanded = stackalloc byte[64];
        Span<byte> x = expanded[..ScalarSize];
        Span<byte> wide = stackalloc byte[64];
        Span<byte> k = stackalloc byte[ScalarSize];
        Span<byte> u = stackalloc byte[PointSize];
        Span<byte> v = stackalloc byte[PointSize];
        Span<byte> c = stackalloc byte[ScalarSize];
        try
        {
            // RFC 8032 section 5.1.5: the secret scalar is the clamped first half of the seed's hash.
            using (SodiumMemory.Lease lease = key.BorrowSecret())
            {
                SHA512.HashData(lease.Bytes[..Ed25519.SeedSize], expanded);
            }

            x[0] &= 248;
            x[31] &= 127;
            x[31] |= 64;
            Invariant.Check(Multiply(gamma, x, h));

            // Section 5.4.2.2: the nonce is hashed from the second half and h, as RFC 8032 does with a message.
            Span<byte> nonceInput = stackalloc byte[ScalarSize + PointSize];
            expanded[ScalarSize..].CopyTo(nonceInput);
            h.CopyTo(nonceInput[ScalarSize..]);
            SHA512.HashData(nonceInput, wide);
            FixedTime.Wipe(nonceInput);
            fixed (byte* to = k, from = wide)
            {
                LibSodium.crypto_core_ed25519_scalar_reduce(to, from);
            }

            Invariant.Check(MultiplyBase(u, k) && Multiply(v, k, h));
            c.Clear();
            HashChallenge(publicKey, h, gamma, u, v, c[..ChallengeSize]);
            c[..ChallengeSize].CopyTo(proof.AsSpan(PointSize));

            // s = k + c x mod q
            fixed (byte* to = &proof[PointSize + ChallengeSize], pc = c, px = x, pk = k)
            {
                LibSodium.crypto_core_ed25519_scalar_mul(to, pc, px);
                LibSodium.crypto_core_ed25519_scalar_add(to, to, pk);
            }

            return proof;
        }
        finally
        {
            FixedTime.Wipe(expanded);
            FixedTime.Wipe(wide);
            FixedTime.Wipe(k);
        }
    }

    /// <summary>Checks a proof (section 5.3, with key validation) and gives its hash. Bad input of any kind is false.</summary>
    /// <param name="publicKey">32 bytes.</param>
    /// <param name="alpha">The input.</param>
    /// <param name="proof">80 bytes.</param>
    /// <param name="hash">64 bytes ("beta"), uniform; null when false.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof, [NotNullWhen(true)] out byte[]? hash) =>
        Verify(publicKey, alpha, proof, LaneVerifier.IsSupported, out hash);

    /// <summary>The same, in lanes or by libsodium alone; both give the same answer.</summary>
    internal static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof, bool lanes, [NotNullWhen(true)] out byte[]? hash)
    {
        hash = null;
        if (publicKey.Length != PointSize || proof.Length != ProofSize)
        {
            return false;
        }

        SodiumLibrary.EnsureReady();
        ReadOnlySpan<byte> gamma = proof[..PointSize];
        ReadOnlySpan<byte> s = proof[(PointSize + ChallengeSize)..];
        Span<byte> c = stackalloc byte[ScalarSize];
        c.Clear();
        proof.Slice(PointSize, ChallengeSize).CopyTo(c);
        Span<byte> h = stackalloc byte[PointSize];
        Span<byte> u = stackalloc byte[PointSize];
        Span<byte> v = stackalloc byte[PointSize];

        // A zero c or s, which libsodium refuses, comes up in no proof that anyone could make on purpose.
        if (!SignatureForm.IsReduced(s) || !s.ContainsAnyExcept((byte)0) || !c.ContainsAnyExcept((byte)0))
        {
            return false;
        }

        // In lanes the two points are judged together with the multiples.
        if (!lanes && (!IsInGroup(publicKey) || !IsInGroup(gamma)))
        {
            return false;
        }

        HashToPoint(publicKey, alpha, lanes, h);

        // U = s B - c Y, V = s H - c Gamma.
        Span<byte> term = stackalloc byte[PointSize];
        Span<byte> cleared = stackalloc byte[PointSize];
        gamma.CopyTo(cleared);
        bool computed = lanes
            ? EcvrfLanes.TryMultiply(publicKey, gamma, h, c, s, u, v, term, cleared) && Add(v, term)
            : MultiplyBase(u, s) && Multiply(term, c, publicKey) && Subtract(u, term) && Multiply(v, s, h) && Multiply(term, c, gamma) && Subtract(v, term) && ClearCofactor(cleared);
        if (!computed)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[ChallengeSize];
        HashChallenge(publicKey, h, gamma, u, v, expected);
        if (!expected.SequenceEqual(c[..ChallengeSize]))
        {
            return false;
        }

        hash = HashGamma(cleared);
        return true;
    }

    /// <summary>ECVRF_encode_to_curve_try_and_increment (section 5.4.1.1), salted with the public key.</summary>
    internal static void HashToPoint(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, bool lanes, Span<byte> point)
    {
        SodiumLibrary.EnsureReady();
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        Span<byte> candidates = stackalloc byte[CandidatesAtOnce * PointSize];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        for (int counter = 0; counter <= byte.MaxValue; counter++)
        {
            hash.AppendData([Suite, EncodeToCurve]);
            hash.AppendData(publicKey);
            hash.AppendData(alpha);
            hash.AppendData([(byte)counter, Back]);
            hash.GetHashAndReset(digest);
            int place = counter % CandidatesAtOnce;
            Span<byte> candidate = candidates.Slice(place * PointSize, PointSize);
            digest[..PointSize].CopyTo(candidate);
            if (lanes)
            {
                if (place == CandidatesAtOnce - 1 && EcvrfLanes.TryFirstPoint(candidates, point))
                {
                    return;
                }

                continue;
            }

            if (SignatureForm.IsCanonical(candidate) && ClearCofactor(candidate) && !IsIdentity(candidate))
            {
                candidate.CopyTo(point);
                return;
            }
        }

        // Each try succeeds with probability about 1/2, so this is a probability of 2^-256.
        Invariant.Fail("no point found for a VRF input");
    }

    private static void HashChallenge(
        ReadOnlySpan<byte> y, ReadOnlySpan<byte> h, ReadOnlySpan<byte> gamma, ReadOnlySpan<byte> u, ReadOnlySpan<byte> v, Span<byte> challenge)
    {
        Span<byte> input = stackalloc byte[2 + 5 * PointSize + 1];
        input[0] = Suite;
        input[1] = Challenge;
        y.CopyTo(input[2..]);
        h.CopyTo(input[(2 + PointSize)..]);
        gamma.CopyTo(input[(2 + 2 * PointSize)..]);
        u.CopyTo(input[(2 + 3 * PointSize)..]);
        v.CopyTo(input[(2 + 4 * PointSize)..]);
        input[^1] = Back;
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(input, digest);
        digest[..ChallengeSize].CopyTo(challenge);
    }

    /// <summary>ECVRF_proof_to_hash (section 5.2) of the cofactor times Gamma.</summary>
    private static byte[] HashGamma(ReadOnlySpan<byte> cleared)
    {
        Span<byte> input = stackalloc byte[2 + PointSize + 1];
        input[0] = Suite;
        input[1] = ProofToHash;
        cleared.CopyTo(input[2..]);
        input[^1] = Back;
        return SHA512.HashData(input);
    }

    /// <summary>
    /// Multiplies a point of the curve by 8 with three doublings, as libsodium's multiplication refuses points outside the main subgroup. False when
    /// the bytes are no point.
    /// </summary>
    private static bool ClearCofactor(Span<byte> point)
    {
        fixed (byte* p = point)
        {
            return LibSodium.crypto_core_ed25519_add(p, p, p) == 0
                && LibSodium.crypto_core_ed25519_add(p, p, p) == 0
                && LibSodium.crypto_core_ed25519_add(p, p, p) == 0;
        }
    }

    private static bool IsIdentity(ReadOnlySpan<byte> point) => point[0] == 1 && !point[1..].ContainsAnyExcept((byte)0);

    private static bool IsInGroup(ReadOnlySpan<byte> point)
    {
        fixed (byte* p = point)
        {
            return LibSodium.crypto_core_ed25519_is_valid_point(p) == 1;
        }
    }

    private static bool Multiply(Span<byte> result, ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point)
    {
        fixed (byte* r = result, n = scalar, p = point)
        {
            return LibSodium.crypto_scalarmult_ed25519_noclamp(r, n, p) == 0;
        }
    }

    private static bool MultiplyBase(Span<byte> result, ReadOnlySpan<byte> scalar)
    {
        fixed (byte* r = result, n = scalar)
        {
            return LibSodium.crypto_scalarmult_ed25519_base_noclamp(r, n) == 0;
        }
    }

    private static bool Add(Span<byte> left, ReadOnlySpan<byte> right)
    {
        fixed (byte* l = left, r = right)
        {
            return LibSodium.crypto_core_ed25519_add(l, l, r) == 0;
        }
    }

    private static bool Subtract(Span<byte> left, ReadOnlySpan<byte> right)
    {
        fixed (byte* l = left, r = right)
        {
            return LibSodium.crypto_core_ed25519_sub(l, l, r) == 0;
        }
    }
}
