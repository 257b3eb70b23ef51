using System.Runtime.CompilerServices;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// The multiples of one point P that <see cref="DoubleScalar"/> adds up: 0 to 16 times P, then 0 to 16 times 2^130 P, affine: y + x, y - x and 2 d x y,
/// five limbs each and one double of padding. The second half halves the doublings of a verification.
/// </summary>
internal static unsafe class KeyTable
{
    /// <summary>Doubles of an entry.</summary>
    public const int Entry = 16;

    /// <summary>Doubles of a half.</summary>
    public const int Half = Multiples * Entry;

    /// <summary>Doubles of a table, 4.3 KB.</summary>
    public const int Doubles = 2 * Half;

    private const int Multiples = (1 << (SignedDigits.KeyWidth - 1)) + 1;

    /// <summary>Room for a table.</summary>
    public static double[] Allocate() => GC.AllocateUninitializedArray<double>(Doubles);

    /// <summary>Fills eight tables at once, one of each lane's point.</summary>
    [SkipLocalsInit]
    public static void Fill(LanePoint* points, ReadOnlySpan<double[]> tables)
    {
        unchecked
        {
            // All multiples in extended coordinates, the first half's and then the second's.
            byte* room = stackalloc byte[2 * Multiples * sizeof(LanePoint) + LaneScratch.Room];
            var multiples = (LanePoint*)LaneScratch.Align(room);
            LaneElement twiceD;
            CurveConstants.TwiceD(&twiceD);
            LanePoint high = *points;
            LaneGroup.Double(&high, SignedDigits.HighWeight);
            FillHalf(multiples, points, &twiceD);
            FillHalf(multiples + Multiples, &high, &twiceD);
            InvertAll(multiples);
            for (int i = 0; i < 2 * Multiples; i++)
            {
                LaneAddend affine;
                AffineEntry.Make(&affine, multiples + i, &twiceD);
                for (int lane = 0; lane < tables.Length; lane++)
                {
                    AffineEntry.Store(tables[lane].AsSpan(i * Entry, Entry), &affine, lane);
                }
            }
        }
    }

    private static void FillHalf(LanePoint* multiples, LanePoint* point, LaneElement* twiceD)
    {
        unchecked
        {
            LaneAddend once;
            LaneGroup.ToAddend(&once, point, twiceD);
            LaneGroup.SetIdentity(multiples);
            multiples[1] = *point;
            for (int i = 2; i < Multiples; i++)
            {
                multiples[i] = multiples[i - 1];
                LaneGroup.Add(multiples + i, &once, withT: true);
            }
        }
    }

    /// <summary>Replaces every Z by its inverse, with one inversion for all (Montgomery's trick). No Z is zero: the formulas are complete.</summary>
    [SkipLocalsInit]
    private static void InvertAll(LanePoint* multiples)
    {
        unchecked
        {
            LaneElement* products = stackalloc LaneElement[2 * Multiples];
            LaneElement inverse;
            products[0] = multiples[0].Z;
            for (int i = 1; i < 2 * Multiples; i++)
            {
                LaneMultiplication.Multiply(products + i, products + i - 1, &multiples[i].Z);
            }

            LaneArithmetic.Invert(&inverse, products + 2 * Multiples - 1);
            for (int i = 2 * Multiples - 1; i > 0; i--)
            {
                LaneElement next;
                LaneMultiplication.Multiply(&next, &inverse, &multiples[i].Z);
                LaneMultiplication.Multiply(&multiples[i].Z, &inverse, products + i - 1);
                inverse = next;
            }

            multiples[0].Z = inverse;
        }
    }
}
