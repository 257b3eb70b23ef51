using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>[s]B + [h]P in each lane, B the base point and P any point of the curve: the equation of a signature. Not in constant time.</summary>
internal static unsafe class DoubleScalar
{
    /// <summary>Multiples of the point kept: 0 to 16.</summary>
    private const int Multiples = (1 << (SignedDigits.KeyWidth - 1)) + 1;

    private const int AddendDoubles = 4 * LaneElement.Doubles;

    /// <summary>Computes it into <paramref name="result"/>, which may be the point.</summary>
    /// <param name="result">Extended coordinates, T not computed.</param>
    /// <param name="point">P in each lane.</param>
    /// <param name="pointDigits">The <see cref="SignedDigits.KeyDigits"/> digits of h, eight lanes each.</param>
    /// <param name="baseDigits">The <see cref="SignedDigits.BaseDigits"/> digits of s, eight lanes each.</param>
    [SkipLocalsInit]
    public static void Multiply(LanePoint* result, LanePoint* point, short* pointDigits, short* baseDigits)
    {
        unchecked
        {
            byte* room = stackalloc byte[Multiples * sizeof(LaneAddend) + 64];
            LaneAddend* table = (LaneAddend*)(((nuint)room + 63) & ~(nuint)63);
            FillTable(table, point);
            LaneGroup.SetIdentity(result);
            for (int i = SignedDigits.KeyDigits - 1; i >= 0; i--)
            {
                if (i != SignedDigits.KeyDigits - 1)
                {
                    LaneGroup.Double(result, SignedDigits.KeyWidth);
                }

                bool baseToo = i % 2 == 0;
                AddMultiple(result, table, pointDigits + i * LaneElement.Lanes, withT: baseToo);
                if (baseToo)
                {
                    BaseMultiples.Add(result, baseDigits + i / 2 * LaneElement.Lanes);
                }
            }
        }
    }

    [SkipLocalsInit]
    private static void AddMultiple(LanePoint* result, LaneAddend* table, short* digits, bool withT)
    {
        unchecked
        {
            Vector512<long> digit = LaneTable.Digits(digits);
            Vector512<long> index = Vector512.Abs(digit) * Vector512.Create((long)AddendDoubles) + Vector512<long>.Indices;

            // Minus a point is the point with x negated: Y + X and Y - X change places, and T changes its sign.
            Vector512<long> swap = (digit >> 63) & Vector512.Create((long)LaneElement.Doubles);
            LaneAddend addend;
            double* first = (double*)table;
            LaneTable.Gather(&addend.YPlusX, first, index + swap, LaneElement.Lanes);
            LaneTable.Gather(&addend.YMinusX, first + LaneElement.Doubles, index - swap, LaneElement.Lanes);
            LaneTable.Gather(&addend.T2D, first + 2 * LaneElement.Doubles, index, LaneElement.Lanes);
            LaneTable.Gather(&addend.Z2, first + 3 * LaneElement.Doubles, index, LaneElement.Lanes);
            LaneTable.Negate(&addend.T2D, digit);
            LaneGroup.Add(result, &addend, withT);
        }
    }

    [SkipLocalsInit]
    private static void FillTable(LaneAddend* table, LanePoint* point)
    {
        LaneElement twiceD;
        LanePoint multiple;
        CurveConstants.TwiceD(&twiceD);
        LaneGroup.SetIdentity(&multiple);
        LaneGroup.ToAddend(table, &multiple, &twiceD);
        multiple = *point;
        LaneGroup.ToAddend(table + 1, &multiple, &twiceD);
        for (int i = 2; i < Multiples; i++)
        {
            LaneGroup.Add(&multiple, table + 1, withT: true);
            LaneGroup.ToAddend(table + i, &multiple, &twiceD);
        }
    }
}
