using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// The multiples of the base point B and of 2^130 B from 0 to 512, as a <see cref="KeyTable"/> holds them. 64 KiB each, made once in about a millisecond
/// and kept for the life of the process.
/// </summary>
internal static unsafe class BaseMultiples
{
    private const int Multiples = (1 << (SignedDigits.BaseWidth - 1)) + 1;

    private static readonly nint LowTable = Make(0);
    private static readonly nint HighTable = Make(SignedDigits.HighWeight);

    /// <summary>The address of B's table, in every lane.</summary>
    public static Vector512<long> Low => Vector512.Create((long)LowTable);

    /// <summary>The address of the table of 2^130 B, in every lane.</summary>
    public static Vector512<long> High => Vector512.Create((long)HighTable);

    private static nint Make(int doublings)
    {
        unchecked
        {
            double* table = (double*)NativeMemory.AlignedAlloc(Multiples * KeyTable.Entry * sizeof(double), 64);
            LanePoint first, multiple, multiples = default;
            LaneAddend once, eightTimes;
            LaneElement twiceD;
            CurveConstants.TwiceD(&twiceD);
            Span<byte> bytes = stackalloc byte[LaneElement.Lanes * PointBytes.Size];
            PointBytes.Repeat(CurveConstants.BasePoint, bytes);
            PointBytes.Decode(&first, bytes);
            LaneGroup.Double(&first, doublings);
            LaneGroup.ToAddend(&once, &first, &twiceD);

            // Lane j begins with j times the point and goes up by 8 times.
            LaneGroup.SetIdentity(&multiple);
            for (int lane = 0; lane < LaneElement.Lanes; lane++)
            {
                for (int i = lane; i < sizeof(LanePoint) / sizeof(double); i += LaneElement.Lanes)
                {
                    ((double*)&multiples)[i] = ((double*)&multiple)[i];
                }

                LaneGroup.Add(&multiple, &once, withT: true);
            }

            LaneGroup.ToAddend(&eightTimes, &multiple, &twiceD);
            for (int number = 0; number < Multiples; number += LaneElement.Lanes)
            {
                LanePoint inverted = multiples;
                LaneAddend affine;
                LaneArithmetic.Invert(&inverted.Z, &multiples.Z);
                AffineEntry.Make(&affine, &inverted, &twiceD);
                for (int lane = 0; lane < LaneElement.Lanes && number + lane < Multiples; lane++)
                {
                    AffineEntry.Store(new Span<double>(table + (number + lane) * KeyTable.Entry, KeyTable.Entry), &affine, lane);
                }

                LaneGroup.Add(&multiples, &eightTimes, withT: true);
            }

            return (nint)table;
        }
    }
}
