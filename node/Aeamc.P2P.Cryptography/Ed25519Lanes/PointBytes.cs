using System.Runtime.CompilerServices;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>Points to and from their 32 bytes: y, and the parity of x in the top bit (RFC 8032 section 5.1.2 and 5.1.3).</summary>
internal static unsafe class PointBytes
{
    /// <summary>Length of a point in bytes.</summary>
    public const int Size = 32;

    /// <summary>The same point eight times.</summary>
    public static void Repeat(ReadOnlySpan<byte> point, Span<byte> bytes)
    {
        for (int lane = 0; lane < LaneElement.Lanes; lane++)
        {
            point.CopyTo(bytes[(lane * Size)..]);
        }
    }

    /// <summary>Reads eight points of 32 bytes each, one after the other. y is taken modulo p: whether it is canonical is the caller's question.</summary>
    /// <returns>Bit j is set when lane j is a point of the curve.</returns>
    [SkipLocalsInit]
    public static int Decode(LanePoint* points, ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            LaneElement one, u, v, v3, root, check, other, factor;
            LaneArithmetic.Set(&one, 1);
            for (int lane = 0; lane < LaneElement.Lanes; lane++)
            {
                FieldBytes.Read(bytes[(lane * Size)..], (double*)&points->Y + lane);
            }

            // x^2 = u/v with u = y^2 - 1, v = d y^2 + 1. The candidate is u v^3 (u v^7)^((p - 5)/8).
            LaneMultiplication.Square(&u, &points->Y);
            CurveConstants.D(&factor);
            LaneMultiplication.Multiply(&v, &u, &factor);
            LaneArithmetic.Add(&v, &v, &one);
            LaneArithmetic.Carry(&v, &v);
            LaneArithmetic.Subtract(&u, &u, &one);
            LaneMultiplication.Square(&v3, &v);
            LaneMultiplication.Multiply(&v3, &v3, &v);
            LaneMultiplication.Square(&check, &v3);
            LaneMultiplication.Multiply(&check, &check, &v);
            LaneMultiplication.Multiply(&check, &check, &u);
            LaneArithmetic.PowerForRoot(&root, &check);
            LaneMultiplication.Multiply(&root, &root, &v3);
            LaneMultiplication.Multiply(&points->X, &root, &u);

            // v x^2 is u, or -u and then the root of -1 is missing, or u/v is no square.
            LaneMultiplication.Square(&check, &points->X);
            LaneMultiplication.Multiply(&check, &check, &v);
            LaneArithmetic.Add(&other, &check, &u);
            LaneArithmetic.Subtract(&check, &check, &u);
            CurveConstants.RootOfMinusOne(&factor);
            LaneMultiplication.Multiply(&root, &points->X, &factor);
            int valid = 0;
            for (int lane = 0; lane < LaneElement.Lanes; lane++)
            {
                if (FieldBytes.IsZero((double*)&other + lane))
                {
                    FieldBytes.CopyLane((double*)&points->X + lane, (double*)&root + lane);
                }
                else if (!FieldBytes.IsZero((double*)&check + lane))
                {
                    continue;
                }

                valid |= 1 << lane;
                if (FieldBytes.IsOdd((double*)&points->X + lane) != bytes[lane * Size + Size - 1] >> 7 > 0)
                {
                    FieldBytes.NegateLane((double*)&points->X + lane);
                }
            }

            LaneArithmetic.Set(&points->Z, 1);
            LaneMultiplication.Multiply(&points->T, &points->X, &points->Y);
            return valid;
        }
    }

    /// <summary>Writes eight points, 32 bytes each, canonical.</summary>
    [SkipLocalsInit]
    public static void Encode(LanePoint* points, Span<byte> bytes)
    {
        unchecked
        {
            LaneElement inverse, x, y;
            LaneArithmetic.Invert(&inverse, &points->Z);
            LaneMultiplication.Multiply(&x, &points->X, &inverse);
            LaneMultiplication.Multiply(&y, &points->Y, &inverse);
            for (int lane = 0; lane < LaneElement.Lanes; lane++)
            {
                Span<byte> point = bytes.Slice(lane * Size, Size);
                FieldBytes.Write((double*)&y + lane, point);
                point[Size - 1] |= FieldBytes.IsOdd((double*)&x + lane) ? (byte)0x80 : (byte)0;
            }
        }
    }
}
