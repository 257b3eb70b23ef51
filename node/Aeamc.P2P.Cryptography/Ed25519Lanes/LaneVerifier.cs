using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Aeamc.P2P.Native.Sodium;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// Eight Ed25519 signatures at a time, each in its own lane and judged by itself: the verdict is libsodium's, bit for bit, whatever the other lanes
/// hold. R is recomputed as [S]B - [h]A and its encoding compared with the signature's, without the cofactor.
/// </summary>
internal static unsafe class LaneVerifier
{
    private const int StackLimit = 1024;

    /// <summary>Whether this machine has the instructions.</summary>
    public static bool IsSupported => Avx512F.IsSupported && Avx512DQ.IsSupported && Avx2.IsSupported;

    /// <summary>Judges up to eight claims.</summary>
    /// <returns>Bit i is the verdict on claim i.</returns>
    [SkipLocalsInit]
    public static int Verify(ReadOnlySpan<Ed25519Claim> claims)
    {
        Span<byte> keys = stackalloc byte[LaneElement.Lanes * PointBytes.Size];
        short* keyDigits = stackalloc short[SignedDigits.KeyDigits * LaneElement.Lanes];
        short* baseDigits = stackalloc short[SignedDigits.BaseDigits * LaneElement.Lanes];
        int candidates = 0;
        for (int lane = 0; lane < LaneElement.Lanes; lane++)
        {
            Span<byte> key = keys.Slice(lane * PointBytes.Size, PointBytes.Size);
            if (lane < claims.Length && SignatureForm.IsAcceptable(claims[lane].Key.Span, claims[lane].Signature.Span))
            {
                candidates |= 1 << lane;
                claims[lane].Key.Span.CopyTo(key);
                Recode(claims[lane], lane, keyDigits, baseDigits);
            }
            else
            {
                // An idle lane computes zero times the base point.
                CurveConstants.BasePoint.CopyTo(key);
                SignedDigits.Recode(CurveConstants.Zero, SignedDigits.KeyWidth, SignedDigits.KeyDigits, keyDigits + lane);
                SignedDigits.Recode(CurveConstants.Zero, SignedDigits.BaseWidth, SignedDigits.BaseDigits, baseDigits + lane);
            }
        }

        if (candidates == 0)
        {
            return 0;
        }

        LanePoint point, result;
        candidates &= PointBytes.Decode(&point, keys);
        LaneGroup.Negate(&point);
        DoubleScalar.Multiply(&result, &point, keyDigits, baseDigits);
        PointBytes.Encode(&result, keys);
        int verdicts = 0;
        for (int lane = 0; lane < claims.Length; lane++)
        {
            if ((candidates >> lane & 1) != 0 && keys.Slice(lane * PointBytes.Size, PointBytes.Size).SequenceEqual(claims[lane].Signature.Span[..PointBytes.Size]))
            {
                verdicts |= 1 << lane;
            }
        }

        return verdicts;
    }

    /// <summary>The digits of h = SHA-512(R || A || message) modulo the group order, and of S.</summary>
    private static void Recode(Ed25519Claim claim, int lane, short* keyDigits, short* baseDigits)
    {
        ReadOnlySpan<byte> signature = claim.Signature.Span;
        int length = 2 * PointBytes.Size + claim.Message.Length;
        byte[]? rented = length > StackLimit ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> buffer = (rented ?? stackalloc byte[StackLimit])[..length];
        signature[..PointBytes.Size].CopyTo(buffer);
        claim.Key.Span.CopyTo(buffer[PointBytes.Size..]);
        claim.Message.Span.CopyTo(buffer[(2 * PointBytes.Size)..]);
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(buffer, digest);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        Span<byte> scalar = stackalloc byte[32];
        fixed (byte* to = scalar, from = digest)
        {
            LibSodium.crypto_core_ed25519_scalar_reduce(to, from);
        }

        SignedDigits.Recode(scalar, SignedDigits.KeyWidth, SignedDigits.KeyDigits, keyDigits + lane);
        SignedDigits.Recode(signature[PointBytes.Size..], SignedDigits.BaseWidth, SignedDigits.BaseDigits, baseDigits + lane);
    }
}
