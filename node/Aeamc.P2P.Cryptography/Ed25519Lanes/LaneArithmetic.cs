using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>Sums, constants, powers and the byte form of <see cref="LaneElement"/>s. Exact: limbs stay far below the 53 bits of a double.</summary>
internal static unsafe class LaneArithmetic
{
    public static void Add(LaneElement* result, LaneElement* left, LaneElement* right)
    {
        result->L0 = left->L0 + right->L0;
        result->L1 = left->L1 + right->L1;
        result->L2 = left->L2 + right->L2;
        result->L3 = left->L3 + right->L3;
        result->L4 = left->L4 + right->L4;
    }

    public static void Subtract(LaneElement* result, LaneElement* left, LaneElement* right)
    {
        result->L0 = left->L0 - right->L0;
        result->L1 = left->L1 - right->L1;
        result->L2 = left->L2 - right->L2;
        result->L3 = left->L3 - right->L3;
        result->L4 = left->L4 - right->L4;
    }

    /// <summary>Negates the lanes where <paramref name="signs"/> has its top bit set.</summary>
    public static void Negate(LaneElement* value, Vector512<long> signs)
    {
        Vector512<double> flip = (signs & Vector512.Create(long.MinValue)).AsDouble();
        value->L0 ^= flip;
        value->L1 ^= flip;
        value->L2 ^= flip;
        value->L3 ^= flip;
        value->L4 ^= flip;
    }

    /// <summary>Carries a sum of reduced elements whose limbs are below 2^53: the multiple of 2^51 nearest to each limb moves up.</summary>
    [SkipLocalsInit]
    public static void Carry(LaneElement* result, LaneElement* value)
    {
        Vector512<double> c0 = Nearest(value->L0), c1 = Nearest(value->L1), c2 = Nearest(value->L2), c3 = Nearest(value->L3), c4 = Nearest(value->L4);
        Vector512<double> down = Vector512.Create(1.0 / (1L << 51));
        Vector512<double> l0 = value->L0 - c0, l1 = value->L1 - c1, l2 = value->L2 - c2, l3 = value->L3 - c3, l4 = value->L4 - c4;
        result->L0 = l0 + c4 * down * Vector512.Create(19.0);
        result->L1 = l1 + c0 * down;
        result->L2 = l2 + c1 * down;
        result->L3 = l3 + c2 * down;
        result->L4 = l4 + c3 * down;
    }

    /// <summary>The element in every lane that little-endian 32 bytes denote, the top bit left out.</summary>
    public static void Broadcast(LaneElement* result, ReadOnlySpan<byte> bytes)
    {
        for (int lane = 0; lane < LaneElement.Lanes; lane++)
        {
            FieldBytes.Read(bytes, (double*)result + lane);
        }
    }

    /// <summary>The same small number in every lane.</summary>
    public static void Set(LaneElement* result, int value)
    {
        *result = default;
        result->L0 = Vector512.Create((double)value);
    }

    /// <summary>value^((p - 5) / 8) = value^(2^252 - 3). The result is not the argument.</summary>
    [SkipLocalsInit]
    public static void PowerForRoot(LaneElement* result, LaneElement* value)
    {
        LaneElement nine;
        PowerOf250Ones(result, &nine, value);
        LaneMultiplication.Square(result, result, 2);
        LaneMultiplication.Multiply(result, result, value);
    }

    /// <summary>1/value = value^(p - 2) = value^(2^255 - 21); zero for zero. The result is not the argument.</summary>
    [SkipLocalsInit]
    public static void Invert(LaneElement* result, LaneElement* value)
    {
        LaneElement eleven;
        PowerOf250Ones(result, &eleven, value);
        LaneMultiplication.Square(result, result, 5);
        LaneMultiplication.Multiply(result, result, &eleven);
    }

    /// <summary>value^(2^250 - 1), and value^11 on the way: the usual chain of 249 squarings and 11 products.</summary>
    [SkipLocalsInit]
    private static void PowerOf250Ones(LaneElement* result, LaneElement* eleven, LaneElement* value)
    {
        LaneElement two, ones5, ones10, ones50, ones100, t;
        LaneMultiplication.Square(&two, value);
        LaneMultiplication.Square(&t, &two, 2);
        LaneMultiplication.Multiply(&t, &t, value);
        LaneMultiplication.Multiply(eleven, &t, &two);
        LaneMultiplication.Square(&ones5, eleven);
        LaneMultiplication.Multiply(&ones5, &ones5, &t);
        Append(&ones10, &ones5, 5, &ones5);
        Append(&t, &ones10, 10, &ones10);
        Append(&ones50, &t, 20, &t);
        Append(&ones50, &ones50, 10, &ones10);
        Append(&ones100, &ones50, 50, &ones50);
        Append(&t, &ones100, 100, &ones100);
        Append(result, &t, 50, &ones50);
    }

    private static void Append(LaneElement* result, LaneElement* value, int squarings, LaneElement* factor)
    {
        LaneElement raised;
        LaneMultiplication.Square(&raised, value, squarings);
        LaneMultiplication.Multiply(result, &raised, factor);
    }

    /// <summary>The multiple of 2^51 nearest to each: what is left when the low bits have been rounded away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Nearest(Vector512<double> value)
    {
        Vector512<double> magic = Vector512.Create(1.5 * (1UL << 51) * (1UL << 52));
        return value + magic - magic;
    }
}
