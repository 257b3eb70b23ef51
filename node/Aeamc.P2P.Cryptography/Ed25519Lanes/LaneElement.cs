using System.Runtime.Intrinsics;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// Eight elements of the field of 2^255 - 19, one in each lane: the sum of limb_i 2^(51 i), limbs being integers held as doubles. A
/// <em>reduced</em> element has limbs of at most 2^50 + 2^13 in magnitude; a sum or difference of n reduced ones has n times as much.
/// </summary>
internal struct LaneElement
{
    /// <summary>Limbs of an element.</summary>
    public const int Limbs = 5;

    /// <summary>Elements side by side.</summary>
    public const int Lanes = 8;

    /// <summary>Doubles of one element of all lanes; the value of limb l in lane j is at 8 l + j.</summary>
    public const int Doubles = Limbs * Lanes;

    public Vector512<double> L0;
    public Vector512<double> L1;
    public Vector512<double> L2;
    public Vector512<double> L3;
    public Vector512<double> L4;
}
