using System.Runtime.CompilerServices;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// The curve arithmetic of an ECVRF verification in one pass of the lanes: six multiples at once, where libsodium computes one after the other. All of
/// it on public data.
/// </summary>
internal static unsafe class EcvrfLanes
{
    private const int CommitmentLane = 0;
    private const int GammaLane = 1;
    private const int InputLane = 2;
    private const int KeyOrderLane = 3;
    private const int GammaOrderLane = 4;
    private const int GammaClearedLane = 5;

    private static ReadOnlySpan<byte> Cofactor =>
    [
        8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>
    /// The first of eight candidates that is a point, times the cofactor (RFC 9381 section 5.4.1.1 with eight counters tried at once). False when none
    /// is or the product is neutral.
    /// </summary>
    /// <param name="candidates">Eight times 32 bytes.</param>
    /// <param name="point">32 bytes.</param>
    [SkipLocalsInit]
    public static bool TryFirstPoint(ReadOnlySpan<byte> candidates, Span<byte> point)
    {
        LanePoint points;
        Span<byte> encoded = stackalloc byte[LaneElement.Lanes * PointBytes.Size];
        int valid = PointBytes.Decode(&points, candidates);
        LaneGroup.Double(&points, 3);
        PointBytes.Encode(&points, encoded);
        for (int lane = 0; lane < LaneElement.Lanes; lane++)
        {
            ReadOnlySpan<byte> found = encoded.Slice(lane * PointBytes.Size, PointBytes.Size);
            if ((valid >> lane & 1) != 0
                && SignatureForm.IsCanonical(candidates.Slice(lane * PointBytes.Size, PointBytes.Size))
                && !found.SequenceEqual(CurveConstants.One))
            {
                found.CopyTo(point);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// U = [s]B - [c]Y, then [s]H and -[c]Gamma, whose sum is V, and [8]Gamma. False unless Y and Gamma are canonical points of the main subgroup other than the neutral
    /// one.
    /// </summary>
    /// <param name="publicKey">Y, 32 bytes.</param>
    /// <param name="gamma">Gamma, 32 bytes.</param>
    /// <param name="input">H, 32 bytes, a point of the main subgroup.</param>
    /// <param name="c">32 bytes, below the group order.</param>
    /// <param name="s">32 bytes, below the group order.</param>
    /// <param name="u">32 bytes.</param>
    /// <param name="inputMultiple">[s]H, 32 bytes.</param>
    /// <param name="gammaMultiple">-[c]Gamma, 32 bytes.</param>
    /// <param name="gammaCleared">[8]Gamma, 32 bytes.</param>
    [SkipLocalsInit]
    public static bool TryMultiply(
        ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> gamma, ReadOnlySpan<byte> input, ReadOnlySpan<byte> c, ReadOnlySpan<byte> s,
        Span<byte> u, Span<byte> inputMultiple, Span<byte> gammaMultiple, Span<byte> gammaCleared)
    {
        if (!SignatureForm.IsCanonical(publicKey) || !SignatureForm.IsCanonical(gamma) || SignatureForm.IsSmallOrder(publicKey) || SignatureForm.IsSmallOrder(gamma))
        {
            return false;
        }

        LanePoint points, results;
        short* digits = stackalloc short[SignedDigits.KeyDigits * LaneElement.Lanes];
        short* baseDigits = stackalloc short[SignedDigits.BaseDigits * LaneElement.Lanes];
        Span<byte> encoded = stackalloc byte[LaneElement.Lanes * PointBytes.Size];
        for (int lane = 0; lane < LaneElement.Lanes; lane++)
        {
            ReadOnlySpan<byte> point = lane switch
            {
                CommitmentLane or KeyOrderLane => publicKey,
                GammaLane or GammaOrderLane or GammaClearedLane => gamma,
                _ => input,
            };
            ReadOnlySpan<byte> scalar = lane switch
            {
                CommitmentLane or GammaLane => c,
                InputLane => s,
                KeyOrderLane or GammaOrderLane => CurveConstants.Order,
                GammaClearedLane => Cofactor,
                _ => CurveConstants.Zero,
            };
            point.CopyTo(encoded[(lane * PointBytes.Size)..]);
            if (lane is CommitmentLane or GammaLane)
            {
                // The top bit is the sign of x: the point read is the negative.
                encoded[lane * PointBytes.Size + PointBytes.Size - 1] ^= 0x80;
            }

            SignedDigits.Recode(scalar, SignedDigits.KeyWidth, SignedDigits.KeyDigits, digits + lane);
            SignedDigits.Recode(lane == CommitmentLane ? s : CurveConstants.Zero, SignedDigits.BaseWidth, SignedDigits.BaseDigits, baseDigits + lane);
        }

        if (PointBytes.Decode(&points, encoded) != (1 << LaneElement.Lanes) - 1)
        {
            return false;
        }

        var tables = new double[LaneElement.Lanes][];
        for (int lane = 0; lane < tables.Length; lane++)
        {
            tables[lane] = KeyTable.Allocate();
        }

        KeyTable.Fill(&points, tables);
        DoubleScalar.Multiply(&results, tables, digits, baseDigits);
        PointBytes.Encode(&results, encoded);
        if (!Lane(encoded, KeyOrderLane).SequenceEqual(CurveConstants.One) || !Lane(encoded, GammaOrderLane).SequenceEqual(CurveConstants.One))
        {
            return false;
        }

        Lane(encoded, CommitmentLane).CopyTo(u);
        Lane(encoded, InputLane).CopyTo(inputMultiple);
        Lane(encoded, GammaLane).CopyTo(gammaMultiple);
        Lane(encoded, GammaClearedLane).CopyTo(gammaCleared);
        return true;
    }

    private static ReadOnlySpan<byte> Lane(ReadOnlySpan<byte> points, int lane) => points.Slice(lane * PointBytes.Size, PointBytes.Size);
}
