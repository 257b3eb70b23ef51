using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// The multiples of the base point from 0 to 512, affine: y + x, y - x and 2 d x y, five limbs each and one double of padding. 64 KiB, made once in
/// about a millisecond and kept for the life of the process.
/// </summary>
internal static unsafe class BaseMultiples
{
    private const int Multiples = (1 << (SignedDigits.BaseWidth - 1)) + 1;
    private const int Entry = 16;

    private static readonly nint Table = Make();

    /// <summary>Adds to each lane's point the multiple of the base point that its digit names. T is not computed.</summary>
    [SkipLocalsInit]
    public static void Add(LanePoint* point, short* digits)
    {
        unchecked
        {
            Vector512<long> digit = LaneTable.Digits(digits);
            Vector512<long> index = Vector512.Abs(digit) * Vector512.Create((long)Entry);
            Vector512<long> swap = (digit >> 63) & Vector512.Create((long)LaneElement.Limbs);
            LaneElement yPlusX, yMinusX, t2d;
            double* table = (double*)Table;
            LaneTable.Gather(&yPlusX, table, index + swap, stride: 1);
            LaneTable.Gather(&yMinusX, table + LaneElement.Limbs, index - swap, stride: 1);
            LaneTable.Gather(&t2d, table + 2 * LaneElement.Limbs, index, stride: 1);
            LaneTable.Negate(&t2d, digit);
            LaneGroup.AddAffine(point, &yPlusX, &yMinusX, &t2d, withT: false);
        }
    }

    private static nint Make()
    {
        unchecked
        {
            double* table = (double*)NativeMemory.AlignedAlloc(Multiples * Entry * sizeof(double), 64);
            LanePoint step, eight, multiples;
            LaneAddend one;
            LaneElement twiceD;
            CurveConstants.TwiceD(&twiceD);
            Span<byte> basePoints = stackalloc byte[LaneElement.Lanes * PointBytes.Size];
            for (int lane = 0; lane < LaneElement.Lanes; lane++)
            {
                CurveConstants.BasePoint.CopyTo(basePoints[(lane * PointBytes.Size)..]);
            }

            PointBytes.Decode(&step, basePoints);
            LaneGroup.ToAddend(&one, &step, &twiceD);

            // Lane j begins with j times the base point and goes up by 8 times.
            LaneGroup.SetIdentity(&multiples);
            LaneGroup.SetIdentity(&eight);
            for (int lane = 1; lane <= LaneElement.Lanes; lane++)
            {
                LaneGroup.Add(&eight, &one, withT: true);
                for (int i = lane % LaneElement.Lanes; lane < LaneElement.Lanes && i < sizeof(LanePoint) / sizeof(double); i += LaneElement.Lanes)
                {
                    ((double*)&multiples)[i] = ((double*)&eight)[i];
                }
            }

            LaneAddend eightTimes;
            LaneGroup.ToAddend(&eightTimes, &eight, &twiceD);
            for (int first = 0; first < Multiples; first += LaneElement.Lanes)
            {
                Store(table + first * Entry, &multiples, &twiceD, Math.Min(LaneElement.Lanes, Multiples - first));
                LaneGroup.Add(&multiples, &eightTimes, withT: true);
            }

            return (nint)table;
        }
    }

    private static void Store(double* table, LanePoint* points, LaneElement* twiceD, int count)
    {
        unchecked
        {
            LaneElement inverse, x, y;
            LaneAddend affine;
            LaneArithmetic.Invert(&inverse, &points->Z);
            LaneMultiplication.Multiply(&x, &points->X, &inverse);
            LaneMultiplication.Multiply(&y, &points->Y, &inverse);
            LaneArithmetic.Add(&affine.YPlusX, &y, &x);
            LaneArithmetic.Carry(&affine.YPlusX, &affine.YPlusX);
            LaneArithmetic.Subtract(&affine.YMinusX, &y, &x);
            LaneArithmetic.Carry(&affine.YMinusX, &affine.YMinusX);
            LaneMultiplication.Multiply(&affine.T2D, &x, &y);
            LaneMultiplication.Multiply(&affine.T2D, &affine.T2D, twiceD);
            for (int lane = 0; lane < count; lane++)
            {
                for (int i = 0; i < 3 * LaneElement.Limbs; i++)
                {
                    table[lane * Entry + i] = ((double*)&affine)[i * LaneElement.Lanes + lane];
                }
            }
        }
    }
}
