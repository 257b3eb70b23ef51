using System.Buffers.Binary;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>One lane's field element to and from 32 little-endian bytes (RFC 8032 section 5.1.2).</summary>
internal static unsafe class FieldBytes
{
    private const ulong Mask = (1UL << 51) - 1;

    /// <summary>Writes the five limbs of a number below 2^255 (the top bit is left out) to a lane; <paramref name="limbs"/> is its first.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, double* limbs)
    {
        ulong w0 = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        ulong w1 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        ulong w2 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        ulong w3 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        Centre(
            limbs,
            (long)(w0 & Mask),
            (long)((w0 >> 51 | w1 << 13) & Mask),
            (long)((w1 >> 38 | w2 << 26) & Mask),
            (long)((w2 >> 25 | w3 << 39) & Mask),
            (long)(w3 >> 12 & Mask));
    }

    /// <summary>The canonical form, below 2^255 - 19, of the lane whose first limb <paramref name="limbs"/> is.</summary>
    public static void Write(double* limbs, Span<byte> bytes)
    {
        unchecked
        {
            // 2 p in limbs, so that none is negative; limbs are below 2^52 in magnitude.
            ulong l0 = (ulong)((long)limbs[0] + ((1L << 52) - 38));
            ulong l1 = (ulong)((long)limbs[LaneElement.Lanes] + ((1L << 52) - 2));
            ulong l2 = (ulong)((long)limbs[2 * LaneElement.Lanes] + ((1L << 52) - 2));
            ulong l3 = (ulong)((long)limbs[3 * LaneElement.Lanes] + ((1L << 52) - 2));
            ulong l4 = (ulong)((long)limbs[4 * LaneElement.Lanes] + ((1L << 52) - 2));
            for (int pass = 0; pass < 2; pass++)
            {
                l1 += l0 >> 51;
                l0 &= Mask;
                l2 += l1 >> 51;
                l1 &= Mask;
                l3 += l2 >> 51;
                l2 &= Mask;
                l4 += l3 >> 51;
                l3 &= Mask;
                l0 += 19 * (l4 >> 51);
                l4 &= Mask;
            }

            // Now below 2^255 + 19 2^9: one p is taken off when adding 19 reaches 2^255.
            ulong carry = (l0 + 19) >> 51;
            carry = (l1 + carry) >> 51;
            carry = (l2 + carry) >> 51;
            carry = (l3 + carry) >> 51;
            carry = (l4 + carry) >> 51;
            l0 += 19 * carry;
            l1 += l0 >> 51;
            l0 &= Mask;
            l2 += l1 >> 51;
            l1 &= Mask;
            l3 += l2 >> 51;
            l2 &= Mask;
            l4 += l3 >> 51;
            l3 &= Mask;
            l4 &= Mask;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, l0 | l1 << 51);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], l1 >> 13 | l2 << 38);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], l2 >> 26 | l3 << 25);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], l3 >> 39 | l4 << 12);
        }
    }

    /// <summary>Whether the lane is zero modulo p.</summary>
    public static bool IsZero(double* limbs)
    {
        Span<byte> bytes = stackalloc byte[32];
        Write(limbs, bytes);
        return !bytes.ContainsAnyExcept((byte)0);
    }

    /// <summary>Whether the lane's canonical form is odd.</summary>
    public static bool IsOdd(double* limbs)
    {
        Span<byte> bytes = stackalloc byte[32];
        Write(limbs, bytes);
        return (bytes[0] & 1) != 0;
    }

    /// <summary>Copies one lane.</summary>
    public static void CopyLane(double* to, double* from)
    {
        for (int i = 0; i < LaneElement.Doubles; i += LaneElement.Lanes)
        {
            to[i] = from[i];
        }
    }

    /// <summary>Negates one lane.</summary>
    public static void NegateLane(double* limbs)
    {
        for (int i = 0; i < LaneElement.Doubles; i += LaneElement.Lanes)
        {
            limbs[i] = -limbs[i];
        }
    }

    /// <summary>From limbs of 0 to 2^51 to limbs around zero, as products need them.</summary>
    private static void Centre(double* limbs, long l0, long l1, long l2, long l3, long l4)
    {
        unchecked
        {
            const long half = 1L << 50;
            l1 += (l0 + half) >> 51;
            l0 -= (l0 + half) >> 51 << 51;
            l2 += (l1 + half) >> 51;
            l1 -= (l1 + half) >> 51 << 51;
            l3 += (l2 + half) >> 51;
            l2 -= (l2 + half) >> 51 << 51;
            l4 += (l3 + half) >> 51;
            l3 -= (l3 + half) >> 51 << 51;
            l0 += 19 * ((l4 + half) >> 51);
            l4 -= (l4 + half) >> 51 << 51;
            limbs[0] = l0;
            limbs[LaneElement.Lanes] = l1;
            limbs[2 * LaneElement.Lanes] = l2;
            limbs[3 * LaneElement.Lanes] = l3;
            limbs[4 * LaneElement.Lanes] = l4;
        }
    }
}
