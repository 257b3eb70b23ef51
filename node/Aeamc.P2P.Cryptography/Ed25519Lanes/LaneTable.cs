using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>Picks, for each lane by its own digit, a multiple out of a table. Indices depend on public data only: this is not for secrets.</summary>
internal static unsafe class LaneTable
{
    /// <summary>Eight digits, one a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Digits(short* digits) => Avx512F.ConvertToVector512Int64(Vector128.Load(digits));

    /// <summary>Gathers the element that begins at <c>table[index of the lane]</c>, its limbs <paramref name="stride"/> doubles apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather(LaneElement* result, double* table, Vector512<long> index, int stride)
    {
        unchecked
        {
            result->L0 = Gather(table, index);
            result->L1 = Gather(table + stride, index);
            result->L2 = Gather(table + 2 * stride, index);
            result->L3 = Gather(table + 3 * stride, index);
            result->L4 = Gather(table + 4 * stride, index);
        }
    }

    /// <summary>Negates the lanes where <paramref name="signs"/> has its top bit set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Negate(LaneElement* value, Vector512<long> signs)
    {
        Vector512<double> flip = (signs & Vector512.Create(long.MinValue)).AsDouble();
        value->L0 ^= flip;
        value->L1 ^= flip;
        value->L2 ^= flip;
        value->L3 ^= flip;
        value->L4 ^= flip;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Gather(double* table, Vector512<long> index) =>
        Vector512.Create(Avx2.GatherVector256(table, index.GetLower(), sizeof(double)), Avx2.GatherVector256(table, index.GetUpper(), sizeof(double)));
}
