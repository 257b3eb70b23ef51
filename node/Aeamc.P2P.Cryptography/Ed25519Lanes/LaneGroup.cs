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
        LaneArithmetic.Negate(&point->X, all);
        LaneArithmetic.Negate(&point->T, all);
    }

    /// <summary>Doubles in place, the given number of times. T is computed only at the last: a doubling does not read it.</summary>
    [SkipLocalsInit]
    public static void Double(LanePoint* point, int times)
    {
        byte* room = stackalloc byte[LaneScratch.Room];
        var t = (LaneScratch*)LaneScratch.Align(room);
        for (int i = 1; i <= times; i++)
        {
            LaneArithmetic.Add(&t->E, &point->X, &point->X);
            LaneMultiplication.Multiply(&t->A, &t->E, &point->Y);
            LaneMultiplication.Square(&t->B, &point->X);
            LaneMultiplication.Square(&t->C, &point->Y);
            LaneMultiplication.Square(&t->D, &point->Z);
            LaneReduction.Reduce(&t->E, &t->A);
            LaneReduction.ReduceDoubling(&t->F, &t->G, &t->H, &t->B, &t->C, &t->D);
            LaneMultiplication.Multiply(&point->X, &t->E, &t->F);
            LaneMultiplication.Multiply(&point->Y, &t->G, &t->H);
            LaneMultiplication.Multiply(&point->Z, &t->F, &t->G);
            if (i == times)
            {
                LaneMultiplication.Multiply(&point->T, &t->E, &t->H);
            }
        }
    }

    /// <summary>Adds to a point in place; its T is computed only when wanted.</summary>
    [SkipLocalsInit]
    public static void Add(LanePoint* point, LaneAddend* addend, bool withT)
    {
        byte* room = stackalloc byte[LaneScratch.Room];
        var t = (LaneScratch*)LaneScratch.Align(room);
        LaneMultiplication.Multiply(&t->D, &point->Z, &addend->Z2);
        Add(t, point, addend, withT);
    }

    /// <summary>The same for an addend whose Z is 1.</summary>
    [SkipLocalsInit]
    public static void AddAffine(LanePoint* point, LaneAddend* addend, bool withT)
    {
        byte* room = stackalloc byte[LaneScratch.Room];
        var t = (LaneScratch*)LaneScratch.Align(room);
        LaneReduction.Twice(&t->D, &point->Z);
        Add(t, point, addend, withT);
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

    private static void Add(LaneScratch* t, LanePoint* point, LaneAddend* addend, bool withT)
    {
        LaneArithmetic.Subtract(&t->E, &point->Y, &point->X);
        LaneArithmetic.Add(&t->H, &point->Y, &point->X);
        LaneMultiplication.Multiply(&t->A, &t->E, &addend->YMinusX);
        LaneMultiplication.Multiply(&t->B, &t->H, &addend->YPlusX);
        LaneMultiplication.Multiply(&t->C, &point->T, &addend->T2D);
        LaneReduction.ReduceDifference(&t->E, &t->B, &t->A);
        LaneReduction.ReduceSum(&t->H, &t->B, &t->A);
        LaneReduction.ReduceDifference(&t->F, &t->D, &t->C);
        LaneReduction.ReduceSum(&t->G, &t->D, &t->C);
        LaneMultiplication.Multiply(&point->X, &t->E, &t->F);
        LaneMultiplication.Multiply(&point->Y, &t->G, &t->H);
        LaneMultiplication.Multiply(&point->Z, &t->F, &t->G);
        if (withT)
        {
            LaneMultiplication.Multiply(&point->T, &t->E, &t->H);
        }
    }
}
