using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>[s]B + [h]P in each lane, B the base point and P the point of a table: the equation of a signature. Not in constant time.</summary>
internal static unsafe class DoubleScalar
{
    /// <summary>Computes it into <paramref name="result"/>, in extended coordinates without T.</summary>
    /// <param name="result">The eight results.</param>
    /// <param name="tables">Each lane's <see cref="KeyTable"/>, eight of them.</param>
    /// <param name="pointDigits">The <see cref="SignedDigits.KeyDigits"/> digits of h, eight lanes each.</param>
    /// <param name="baseDigits">The <see cref="SignedDigits.BaseDigits"/> digits of s, eight lanes each.</param>
    [SkipLocalsInit]
    public static void Multiply(LanePoint* result, ReadOnlySpan<double[]> tables, short* pointDigits, short* baseDigits)
    {
        unchecked
        {
            fixed (double* t0 = tables[0], t1 = tables[1], t2 = tables[2], t3 = tables[3], t4 = tables[4], t5 = tables[5], t6 = tables[6], t7 = tables[7])
            {
                Vector512<long> low = Vector512.Create((long)t0, (long)t1, (long)t2, (long)t3, (long)t4, (long)t5, (long)t6, (long)t7);
                Multiply(result, low, pointDigits, baseDigits);
            }
        }
    }

    private static void Multiply(LanePoint* result, Vector512<long> low, short* pointDigits, short* baseDigits)
    {
        unchecked
        {
            Vector512<long> high = low + Vector512.Create((long)KeyTable.Half * sizeof(double));
            LaneGroup.SetIdentity(result);
            for (int i = SignedDigits.HighDigit - 1; i >= 0; i--)
            {
                if (i != SignedDigits.HighDigit - 1)
                {
                    LaneGroup.Double(result, SignedDigits.KeyWidth);
                }

                bool baseToo = i % 2 == 0;
                LaneTable.Add(result, low, pointDigits + i * LaneElement.Lanes, withT: true);
                LaneTable.Add(result, high, pointDigits + (i + SignedDigits.HighDigit) * LaneElement.Lanes, withT: baseToo);
                if (baseToo)
                {
                    LaneTable.Add(result, BaseMultiples.Low, baseDigits + i / 2 * LaneElement.Lanes, withT: true);
                    LaneTable.Add(result, BaseMultiples.High, baseDigits + (i + SignedDigits.HighDigit) / 2 * LaneElement.Lanes, withT: false);
                }
            }
        }
    }
}
