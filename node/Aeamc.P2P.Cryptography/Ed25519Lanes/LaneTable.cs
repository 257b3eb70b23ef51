using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>Adds, in each lane, the multiple that the lane's digit names. Addresses depend on public data only: this is not for secrets.</summary>
internal static unsafe class LaneTable
{
    /// <summary>Adds to a point in place.</summary>
    /// <param name="point">The eight sums.</param>
    /// <param name="tables">The address of each lane's table, of entries of <see cref="KeyTable.Entry"/> doubles from the multiple 0 on.</param>
    /// <param name="digits">Eight digits.</param>
    /// <param name="withT">Whether T of the result is wanted.</param>
    [SkipLocalsInit]
    public static void Add(LanePoint* point, Vector512<long> tables, short* digits, bool withT)
    {
        unchecked
        {
            const long part = LaneElement.Limbs * sizeof(double);
            Vector512<long> digit = Avx512F.ConvertToVector512Int64(Vector128.Load(digits));
            Vector512<long> entry = tables + (Vector512.Abs(digit) << 7);

            // Minus a point is the point with x negated: y + x and y - x change places, and 2 d x y changes its sign.
            Vector512<long> swap = (digit >> 63) & Vector512.Create(part);
            byte* room = stackalloc byte[LaneScratch.Room];
            var addend = (LaneAddend*)LaneScratch.Align(room);
            Gather(&addend->YPlusX, entry + swap);
            Gather(&addend->YMinusX, entry + Vector512.Create(part) - swap);
            Gather(&addend->T2D, entry + Vector512.Create(2 * part));
            LaneArithmetic.Negate(&addend->T2D, digit);
            LaneGroup.AddAffine(point, addend, withT);
        }
    }

    /// <summary>Gathers five consecutive doubles from each lane's address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gather(LaneElement* result, Vector512<long> addresses)
    {
        unchecked
        {
            result->L0 = Gather((double*)0, addresses);
            result->L1 = Gather((double*)sizeof(double), addresses);
            result->L2 = Gather((double*)(2 * sizeof(double)), addresses);
            result->L3 = Gather((double*)(3 * sizeof(double)), addresses);
            result->L4 = Gather((double*)(4 * sizeof(double)), addresses);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Gather(double* offset, Vector512<long> addresses) =>
        Vector512.Create(Avx2.GatherVector256(offset, addresses.GetLower(), 1), Avx2.GatherVector256(offset, addresses.GetUpper(), 1));
}
