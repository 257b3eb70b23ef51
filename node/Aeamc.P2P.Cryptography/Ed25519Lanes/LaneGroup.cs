using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// The group of edwards25519, eight points at a time, by the formulas of Hisil, Wong, Carter and Dawson for a = -1 (RFC 8032 section 5.1.4). They are
/// complete: right for every pair of points of the curve, small and mixed order included.
/// </summary>
internal static unsafe class LaneGroup
{
    /// <summary>The neutral element in every lane.</summary>
    public static void SetIdentity(LanePoint* point)
    {
        LaneArithmetic.Set(&point->X, 0);
        LaneArithmetic.Set(&point->Y, 1);
        LaneArithmetic.Set(&point->Z, 1);
        LaneArithmetic.Set(&point->T, 0);
    }

    /// <summary>Negates in place.</summary>
    public static void Negate(LanePoint* point)
    {
        Vector512<long> all = Vector512.Create(long.MinValue);
        LaneTable.Negate(&point->X, all);
        LaneTable.Negate(&point->T, all);
    }

    /// <summary>Doubles in place, the given number of times. T is computed only at the last: a doubling does not read it.</summary>
    [SkipLocalsInit]
    public static void Double(LanePoint* point, int times)
    {
        LaneSum xx, yy, zz, xy;
        LaneElement e, f, g, h;
        for (int i = 1; i <= times; i++)
        {
            LaneArithmetic.Add(&e, &point->X, &point->X);
            LaneMultiplication.Multiply(&xy, &e, &point->Y);
            LaneMultiplication.Square(&xx, &point->X);
            LaneMultiplication.Square(&yy, &point->Y);
            LaneMultiplication.Square(&zz, &point->Z);
            LaneReduction.Reduce(&e, &xy);
            LaneReduction.ReduceDoubling(&f, &g, &h, &xx, &yy, &zz);
            LaneMultiplication.Multiply(&point->X, &e, &f);
            LaneMultiplication.Multiply(&point->Y, &g, &h);
            LaneMultiplication.Multiply(&point->Z, &f, &g);
            if (i == times)
            {
                LaneMultiplication.Multiply(&point->T, &e, &h);
            }
        }
    }

    /// <summary>Adds to a point in place; its T is computed only when wanted.</summary>
    [SkipLocalsInit]
    public static void Add(LanePoint* point, LaneAddend* addend, bool withT)
    {
        LaneSum d;
        LaneMultiplication.Multiply(&d, &point->Z, &addend->Z2);
        Add(point, &addend->YPlusX, &addend->YMinusX, &addend->T2D, &d, withT);
    }

    /// <summary>The same for an addend whose Z is 1.</summary>
    [SkipLocalsInit]
    public static void AddAffine(LanePoint* point, LaneElement* yPlusX, LaneElement* yMinusX, LaneElement* t2d, bool withT)
    {
        LaneSum d;
        LaneReduction.Twice(&d, &point->Z);
        Add(point, yPlusX, yMinusX, t2d, &d, withT);
    }

    /// <summary>A point as an addend.</summary>
    [SkipLocalsInit]
    public static void ToAddend(LaneAddend* addend, LanePoint* point, LaneElement* twiceD)
    {
        LaneArithmetic.Add(&addend->YPlusX, &point->Y, &point->X);
        LaneArithmetic.Carry(&addend->YPlusX, &addend->YPlusX);
        LaneArithmetic.Subtract(&addend->YMinusX, &point->Y, &point->X);
        LaneArithmetic.Carry(&addend->YMinusX, &addend->YMinusX);
        LaneMultiplication.Multiply(&addend->T2D, &point->T, twiceD);
        LaneArithmetic.Add(&addend->Z2, &point->Z, &point->Z);
    }

    private static void Add(LanePoint* point, LaneElement* yPlusX, LaneElement* yMinusX, LaneElement* t2d, LaneSum* d, bool withT)
    {
        LaneSum a, b, c;
        LaneElement e, f, g, h;
        LaneArithmetic.Subtract(&e, &point->Y, &point->X);
        LaneArithmetic.Add(&h, &point->Y, &point->X);
        LaneMultiplication.Multiply(&a, &e, yMinusX);
        LaneMultiplication.Multiply(&b, &h, yPlusX);
        LaneMultiplication.Multiply(&c, &point->T, t2d);
        LaneReduction.ReduceDifference(&e, &b, &a);
        LaneReduction.ReduceSum(&h, &b, &a);
        LaneReduction.ReduceDifference(&f, d, &c);
        LaneReduction.ReduceSum(&g, d, &c);
        LaneMultiplication.Multiply(&point->X, &e, &f);
        LaneMultiplication.Multiply(&point->Y, &g, &h);
        LaneMultiplication.Multiply(&point->Z, &f, &g);
        if (withT)
        {
            LaneMultiplication.Multiply(&point->T, &e, &h);
        }
    }
}
