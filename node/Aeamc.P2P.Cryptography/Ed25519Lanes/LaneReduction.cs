using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>Carries of <see cref="LaneSum"/>s, and the other ways to bring an element to its reduced form.</summary>
internal static unsafe class LaneReduction
{
    private const int LimbBits = 51;

    /// <summary>Makes every carry positive: columns are below 2^61 in magnitude, being sums of at most four products of at most 2^102.</summary>
    private const long PositiveCarry = 1L << 10;

    private const long Centre = 1L << (LimbBits - 1);
    private const long LimbMask = (1L << LimbBits) - 1;

    /// <summary>The bits of 2^52 as a double: an integer below 2^52 in its low bits makes 2^52 plus that integer.</summary>
    private const long Exponent = (1023L + 52) << 52;

    /// <summary>What each column must have had added before <see cref="Carry"/>: the centre of the limb, and the positive carry.</summary>
    public const long Offset = Centre + (PositiveCarry << LimbBits);

    /// <summary>Propagates each column's carry into the next, the last one's 19-fold into the first, all at once. Columns have the offset added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Carry(LaneElement* result, Vector512<long> c0, Vector512<long> c1, Vector512<long> c2, Vector512<long> c3, Vector512<long> c4)
    {
        Vector512<double> offset = Vector512.Create((double)(1L << 52) + Centre + PositiveCarry);
        Vector512<long> top = c4 >>> LimbBits;
        result->L0 = Limb(c0, top + (top << 1) + (top << 4)) - Vector512.Create((double)(1L << 52) + Centre + 19 * PositiveCarry);
        result->L1 = Limb(c1, c0 >>> LimbBits) - offset;
        result->L2 = Limb(c2, c1 >>> LimbBits) - offset;
        result->L3 = Limb(c3, c2 >>> LimbBits) - offset;
        result->L4 = Limb(c4, c3 >>> LimbBits) - offset;
    }

    /// <summary>Carries a sum of products.</summary>
    [SkipLocalsInit]
    public static void Reduce(LaneElement* result, LaneSum* sum)
    {
        Vector512<long> offset = Vector512.Create(Offset);
        Carry(result, sum->C0 + offset, sum->C1 + offset, sum->C2 + offset, sum->C3 + offset, sum->C4 + offset);
    }

    /// <summary>Carries the sum of two sums of products.</summary>
    [SkipLocalsInit]
    public static void ReduceSum(LaneElement* result, LaneSum* left, LaneSum* right)
    {
        Vector512<long> offset = Vector512.Create(Offset);
        Carry(
            result, left->C0 + right->C0 + offset, left->C1 + right->C1 + offset, left->C2 + right->C2 + offset, left->C3 + right->C3 + offset,
            left->C4 + right->C4 + offset);
    }

    /// <summary>Carries the difference of two sums of products.</summary>
    [SkipLocalsInit]
    public static void ReduceDifference(LaneElement* result, LaneSum* left, LaneSum* right)
    {
        Vector512<long> offset = Vector512.Create(Offset);
        Carry(
            result, left->C0 - right->C0 + offset, left->C1 - right->C1 + offset, left->C2 - right->C2 + offset, left->C3 - right->C3 + offset,
            left->C4 - right->C4 + offset);
    }

    /// <summary>The three reductions of a doubling: f = 2 zz - (yy - xx), g = yy - xx, h = yy + xx.</summary>
    [SkipLocalsInit]
    public static void ReduceDoubling(LaneElement* f, LaneElement* g, LaneElement* h, LaneSum* xx, LaneSum* yy, LaneSum* zz)
    {
        ReduceSum(h, yy, xx);
        ReduceDifference(g, yy, xx);
        Vector512<long> offset = Vector512.Create(Offset);
        Carry(
            f,
            (zz->C0 << 1) - yy->C0 + xx->C0 + offset,
            (zz->C1 << 1) - yy->C1 + xx->C1 + offset,
            (zz->C2 << 1) - yy->C2 + xx->C2 + offset,
            (zz->C3 << 1) - yy->C3 + xx->C3 + offset,
            (zz->C4 << 1) - yy->C4 + xx->C4 + offset);
    }

    /// <summary>Twice a reduced element as a sum, to be added to products.</summary>
    public static void Twice(LaneSum* result, LaneElement* value)
    {
        // Adding 1.5 2^52 to an integer below 2^51 leaves the integer in the low bits.
        Vector512<double> magic = Vector512.Create(1.5 * (1UL << 52));
        result->C0 = (value->L0 + magic).AsInt64() - magic.AsInt64() << 1;
        result->C1 = (value->L1 + magic).AsInt64() - magic.AsInt64() << 1;
        result->C2 = (value->L2 + magic).AsInt64() - magic.AsInt64() << 1;
        result->C3 = (value->L3 + magic).AsInt64() - magic.AsInt64() << 1;
        result->C4 = (value->L4 + magic).AsInt64() - magic.AsInt64() << 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Limb(Vector512<long> column, Vector512<long> carry) =>
        (((column & Vector512.Create(LimbMask)) | Vector512.Create(Exponent)) + carry).AsDouble();
}
