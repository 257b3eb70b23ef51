using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>Multiplication of <see cref="LaneElement"/>s by the fused multiply-add of AVX-512.</summary>
/// <remarks>
/// .NET has no intrinsic for the integer multiply-add of 52 bits (IFMA), but a fused multiply-add of doubles gives both halves of a product
/// exactly: rounding a b + 1.5 2^103 leaves a multiple of 2^51, the high half, and a second one gives what is missing from it, the low half, at
/// most 2^50 in magnitude. Both are read as integers from the bits of the results; what the known exponents add to a column is taken off at the
/// end. Exact as long as |a b| stays below 2^102: one factor reduced, the other a sum of up to three reduced elements.
/// </remarks>
internal static unsafe class LaneMultiplication
{
    /// <summary>Adding this to a product rounds it to a multiple of 2^51.</summary>
    private const double HighMagic = 1.5 * (1UL << 51) * (1UL << 52);

    /// <summary>Adding this to an integer below 2^51 leaves the integer in the low bits.</summary>
    private const double LowMagic = 1.5 * (1UL << 52);

    private const long HighBits = (1023L + 103 << 52) + (1L << 51);
    private const long LowBits = (1023L + 52 << 52) + (1L << 51);

    /// <summary>The product, carried: a reduced element.</summary>
    [SkipLocalsInit]
    public static void Multiply(LaneElement* result, LaneElement* left, LaneElement* right)
    {
        Product(left, right, LaneReduction.Offset, out Vector512<long> c0, out Vector512<long> c1, out Vector512<long> c2, out Vector512<long> c3, out Vector512<long> c4);
        LaneReduction.Carry(result, c0, c1, c2, c3, c4);
    }

    /// <summary>The product before its carries.</summary>
    [SkipLocalsInit]
    public static void Multiply(LaneSum* result, LaneElement* left, LaneElement* right) =>
        Product(left, right, 0, out result->C0, out result->C1, out result->C2, out result->C3, out result->C4);

    /// <summary>The square of a reduced element, carried <paramref name="times"/> times over: value^(2^times).</summary>
    [SkipLocalsInit]
    public static void Square(LaneElement* result, LaneElement* value, int times = 1)
    {
        for (int i = 0; i < times; i++, value = result)
        {
            SquareProduct(value, LaneReduction.Offset, out Vector512<long> c0, out Vector512<long> c1, out Vector512<long> c2, out Vector512<long> c3, out Vector512<long> c4);
            LaneReduction.Carry(result, c0, c1, c2, c3, c4);
        }
    }

    /// <summary>The square of a reduced element before its carries.</summary>
    [SkipLocalsInit]
    public static void Square(LaneSum* result, LaneElement* value) =>
        SquareProduct(value, 0, out result->C0, out result->C1, out result->C2, out result->C3, out result->C4);

    // The columns are written out: a loop over them would keep them in memory instead of registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Product(
        LaneElement* left, LaneElement* right, long offset, out Vector512<long> c0, out Vector512<long> c1, out Vector512<long> c2, out Vector512<long> c3, out Vector512<long> c4)
    {
        Vector512<double> a0 = left->L0, a1 = left->L1, a2 = left->L2, a3 = left->L3, a4 = left->L4;
        Vector512<double> b0 = right->L0, b1 = right->L1, b2 = right->L2, b3 = right->L3, b4 = right->L4;
        Vector512<double> high;
        high = High(a0, b0);
        c0 = Low(a0, b0, high);
        c1 = high.AsInt64();
        high = High(a0, b1);
        c1 += Low(a0, b1, high);
        c2 = high.AsInt64();
        high = High(a1, b0);
        c1 += Low(a1, b0, high);
        c2 += high.AsInt64();
        high = High(a0, b2);
        c2 += Low(a0, b2, high);
        c3 = high.AsInt64();
        high = High(a1, b1);
        c2 += Low(a1, b1, high);
        c3 += high.AsInt64();
        high = High(a2, b0);
        c2 += Low(a2, b0, high);
        c3 += high.AsInt64();
        high = High(a0, b3);
        c3 += Low(a0, b3, high);
        c4 = high.AsInt64();
        high = High(a1, b2);
        c3 += Low(a1, b2, high);
        c4 += high.AsInt64();
        high = High(a2, b1);
        c3 += Low(a2, b1, high);
        c4 += high.AsInt64();
        high = High(a3, b0);
        c3 += Low(a3, b0, high);
        c4 += high.AsInt64();
        high = High(a0, b4);
        c4 += Low(a0, b4, high);
        Vector512<long> c5 = high.AsInt64();
        high = High(a1, b3);
        c4 += Low(a1, b3, high);
        c5 += high.AsInt64();
        high = High(a2, b2);
        c4 += Low(a2, b2, high);
        c5 += high.AsInt64();
        high = High(a3, b1);
        c4 += Low(a3, b1, high);
        c5 += high.AsInt64();
        high = High(a4, b0);
        c4 += Low(a4, b0, high);
        c5 += high.AsInt64();
        high = High(a1, b4);
        c5 += Low(a1, b4, high);
        Vector512<long> c6 = high.AsInt64();
        high = High(a2, b3);
        c5 += Low(a2, b3, high);
        c6 += high.AsInt64();
        high = High(a3, b2);
        c5 += Low(a3, b2, high);
        c6 += high.AsInt64();
        high = High(a4, b1);
        c5 += Low(a4, b1, high);
        c6 += high.AsInt64();
        high = High(a2, b4);
        c6 += Low(a2, b4, high);
        Vector512<long> c7 = high.AsInt64();
        high = High(a3, b3);
        c6 += Low(a3, b3, high);
        c7 += high.AsInt64();
        high = High(a4, b2);
        c6 += Low(a4, b2, high);
        c7 += high.AsInt64();
        high = High(a3, b4);
        c7 += Low(a3, b4, high);
        Vector512<long> c8 = high.AsInt64();
        high = High(a4, b3);
        c7 += Low(a4, b3, high);
        c8 += high.AsInt64();
        high = High(a4, b4);
        c8 += Low(a4, b4, high);
        Vector512<long> c9 = high.AsInt64();
        c0 = Fold(c0, c5, unchecked(offset - 77 * LowBits - 95 * HighBits));
        c1 = Fold(c1, c6, unchecked(offset - 59 * LowBits - 77 * HighBits));
        c2 = Fold(c2, c7, unchecked(offset - 41 * LowBits - 59 * HighBits));
        c3 = Fold(c3, c8, unchecked(offset - 23 * LowBits - 41 * HighBits));
        c4 = Fold(c4, c9, unchecked(offset - 5 * LowBits - 23 * HighBits));
    }

    // Each product of two different limbs counts twice: one of the factors is doubled.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SquareProduct(
        LaneElement* value, long offset, out Vector512<long> c0, out Vector512<long> c1, out Vector512<long> c2, out Vector512<long> c3, out Vector512<long> c4)
    {
        Vector512<double> a0 = value->L0, a1 = value->L1, a2 = value->L2, a3 = value->L3, a4 = value->L4;
        Vector512<double> d1 = a1 + a1, d2 = a2 + a2, d3 = a3 + a3, d4 = a4 + a4;
        Vector512<double> high;
        high = High(a0, a0);
        c0 = Low(a0, a0, high);
        c1 = high.AsInt64();
        high = High(a0, d1);
        c1 += Low(a0, d1, high);
        c2 = high.AsInt64();
        high = High(a0, d2);
        c2 += Low(a0, d2, high);
        c3 = high.AsInt64();
        high = High(a1, a1);
        c2 += Low(a1, a1, high);
        c3 += high.AsInt64();
        high = High(a0, d3);
        c3 += Low(a0, d3, high);
        c4 = high.AsInt64();
        high = High(a1, d2);
        c3 += Low(a1, d2, high);
        c4 += high.AsInt64();
        high = High(a0, d4);
        c4 += Low(a0, d4, high);
        Vector512<long> c5 = high.AsInt64();
        high = High(a1, d3);
        c4 += Low(a1, d3, high);
        c5 += high.AsInt64();
        high = High(a2, a2);
        c4 += Low(a2, a2, high);
        c5 += high.AsInt64();
        high = High(a1, d4);
        c5 += Low(a1, d4, high);
        Vector512<long> c6 = high.AsInt64();
        high = High(a2, d3);
        c5 += Low(a2, d3, high);
        c6 += high.AsInt64();
        high = High(a2, d4);
        c6 += Low(a2, d4, high);
        Vector512<long> c7 = high.AsInt64();
        high = High(a3, a3);
        c6 += Low(a3, a3, high);
        c7 += high.AsInt64();
        high = High(a3, d4);
        c7 += Low(a3, d4, high);
        Vector512<long> c8 = high.AsInt64();
        high = High(a4, a4);
        c8 += Low(a4, a4, high);
        Vector512<long> c9 = high.AsInt64();
        c0 = Fold(c0, c5, unchecked(offset - 39 * LowBits - 57 * HighBits));
        c1 = Fold(c1, c6, unchecked(offset - 39 * LowBits - 39 * HighBits));
        c2 = Fold(c2, c7, unchecked(offset - 21 * LowBits - 39 * HighBits));
        c3 = Fold(c3, c8, unchecked(offset - 21 * LowBits - 21 * HighBits));
        c4 = Fold(c4, c9, unchecked(offset - 3 * LowBits - 21 * HighBits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> High(Vector512<double> a, Vector512<double> b) => Avx512F.FusedMultiplyAdd(a, b, Vector512.Create(HighMagic));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Low(Vector512<double> a, Vector512<double> b, Vector512<double> high) =>
        Avx512F.FusedMultiplyAdd(a, b, Vector512.Create(HighMagic + LowMagic) - high).AsInt64();

    /// <summary>2^255 = 19: the column five places up counts 19 times. The last addend takes the exponents off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Fold(Vector512<long> column, Vector512<long> above, long exponents) =>
        column + above + (above << 1) + (above << 4) + Vector512.Create(exponents);
}
