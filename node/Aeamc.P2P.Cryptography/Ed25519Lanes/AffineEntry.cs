namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>Points in the form in which tables hold them: y + x, y - x and 2 d x y, all reduced.</summary>
internal static unsafe class AffineEntry
{
    /// <summary>Makes it of eight points that have the inverse of Z in the place of Z.</summary>
    public static void Make(LaneAddend* affine, LanePoint* point, LaneElement* twiceD)
    {
        LaneElement x, y;
        LaneMultiplication.Multiply(&x, &point->X, &point->Z);
        LaneMultiplication.Multiply(&y, &point->Y, &point->Z);
        LaneArithmetic.Add(&affine->YPlusX, &y, &x);
        LaneArithmetic.Carry(&affine->YPlusX, &affine->YPlusX);
        LaneArithmetic.Subtract(&affine->YMinusX, &y, &x);
        LaneArithmetic.Carry(&affine->YMinusX, &affine->YMinusX);
        LaneMultiplication.Multiply(&affine->T2D, &x, &y);
        LaneMultiplication.Multiply(&affine->T2D, &affine->T2D, twiceD);
    }

    /// <summary>Writes one lane's 15 limbs.</summary>
    public static void Store(Span<double> entry, LaneAddend* affine, int lane)
    {
        for (int i = 0; i < 3 * LaneElement.Limbs; i++)
        {
            entry[i] = ((double*)affine)[i * LaneElement.Lanes + lane];
        }
    }
}
