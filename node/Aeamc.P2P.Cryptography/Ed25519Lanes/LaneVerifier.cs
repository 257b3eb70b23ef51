using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Aeamc.P2P.Native.Sodium;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// Ed25519 signatures eight at a time, each in its own lane and judged by itself: the verdict is libsodium's, bit for bit, whatever the other lanes
/// hold. R is recomputed as [S]B - [h]A and its encoding compared with the signature's, without the cofactor. Thread-safe.
/// </summary>
/// <param name="keyCapacity">How many keys' tables are kept, 4.4 KB each.</param>
internal sealed unsafe class LaneVerifier(int keyCapacity)
{
    /// <summary>Claims taken at a time: those that name new keys among them have their tables made together.</summary>
    private const int Group = 4 * LaneElement.Lanes;

    private const int StackLimit = 1024;

    private readonly KeyTables _tables = new(keyCapacity);
    private double[]? _idle;

    /// <summary>Whether this machine has the instructions.</summary>
    public static bool IsSupported => Avx512F.IsSupported && Avx512DQ.IsSupported && Avx2.IsSupported;

    /// <summary>Judges each claim.</summary>
    /// <param name="claims">Any number.</param>
    /// <param name="verdicts">As many, in the same order.</param>
    public void Verify(ReadOnlySpan<Ed25519Claim> claims, Span<bool> verdicts)
    {
        while (!claims.IsEmpty)
        {
            int count = Math.Min(claims.Length, Group);
            VerifyGroup(claims[..count], verdicts[..count]);
            claims = claims[count..];
            verdicts = verdicts[count..];
        }
    }

    /// <summary>Zero times this is what an idle lane computes.</summary>
    private double[] Idle => _idle ??= MakeIdle();

    private void VerifyGroup(ReadOnlySpan<Ed25519Claim> claims, Span<bool> verdicts)
    {
        // Only what libsodium would compute comes to a lane.
        Span<int> places = stackalloc int[Group];
        Span<KeyBytes> keys = stackalloc KeyBytes[Group];
        int count = 0;
        verdicts.Clear();
        for (int i = 0; i < claims.Length; i++)
        {
            if (SignatureForm.IsAcceptable(claims[i].Key.Span, claims[i].Signature.Span))
            {
                keys[count] = new KeyBytes(claims[i].Key.Span);
                places[count++] = i;
            }
        }

        var tables = new double[]?[count];
        _tables.Find(keys[..count], tables);
        for (int first = 0; first < count; first += LaneElement.Lanes)
        {
            int pass = Math.Min(LaneElement.Lanes, count - first);
            int bits = VerifyPass(claims, places.Slice(first, pass), tables.AsSpan(first, pass));
            for (int lane = 0; lane < pass; lane++)
            {
                if ((bits >> lane & 1) != 0)
                {
                    verdicts[places[first + lane]] = true;
                    _tables.Keep(keys[first + lane], tables[first + lane]!);
                }
            }
        }
    }

    /// <summary>One pass; bit i of the result is the verdict on the claim at <c>places[i]</c>.</summary>
    [SkipLocalsInit]
    private int VerifyPass(ReadOnlySpan<Ed25519Claim> claims, ReadOnlySpan<int> places, ReadOnlySpan<double[]?> found)
    {
        short* keyDigits = stackalloc short[SignedDigits.KeyDigits * LaneElement.Lanes];
        short* baseDigits = stackalloc short[SignedDigits.BaseDigits * LaneElement.Lanes];
        var tables = new double[LaneElement.Lanes][];
        for (int lane = 0; lane < LaneElement.Lanes; lane++)
        {
            if (lane < places.Length && found[lane] is { } table)
            {
                tables[lane] = table;
                Recode(claims[places[lane]], lane, keyDigits, baseDigits);
            }
            else
            {
                tables[lane] = Idle;
                SignedDigits.Recode(CurveConstants.Zero, SignedDigits.KeyWidth, SignedDigits.KeyDigits, keyDigits + lane);
                SignedDigits.Recode(CurveConstants.Zero, SignedDigits.BaseWidth, SignedDigits.BaseDigits, baseDigits + lane);
            }
        }

        byte* room = stackalloc byte[LaneScratch.Room];
        var result = (LanePoint*)LaneScratch.Align(room);
        Span<byte> encoded = stackalloc byte[LaneElement.Lanes * PointBytes.Size];
        DoubleScalar.Multiply(result, tables, keyDigits, baseDigits);
        PointBytes.Encode(result, encoded);
        int verdicts = 0;
        for (int lane = 0; lane < places.Length; lane++)
        {
            ReadOnlySpan<byte> r = claims[places[lane]].Signature.Span[..PointBytes.Size];
            if (found[lane] is not null && encoded.Slice(lane * PointBytes.Size, PointBytes.Size).SequenceEqual(r))
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

    private static double[] MakeIdle()
    {
        var tables = new double[]?[1];
        new KeyTables(2).Find([new KeyBytes(CurveConstants.BasePoint)], tables);
        return tables[0]!;
    }
}
