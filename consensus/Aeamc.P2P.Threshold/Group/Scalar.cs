using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Aeamc.P2P.Threshold.Group;

/// <summary>
/// A number modulo n, the order of secp256k1 (SEC 2, 2.4.1), always fully reduced. Addition, subtraction, negation and multiplication take the same
/// steps whatever the values are, so they are fit for secrets; <see cref="Inverse"/> is too, because its exponent is public.
/// A scalar is a value: copies on the stack are not wiped. Long-lived secrets sit in the classes that own and wipe them.
/// </summary>
public readonly struct Scalar : IEquatable<Scalar>
{
    /// <summary>Length of the big-endian encoding in bytes (RFC 9591, 6.5: SerializeScalar).</summary>
    public const int Size = 32;

    // n, and c = 2^256 - n, as little-endian 64-bit limbs.
    private const ulong N0 = 0xBFD25E8CD0364141, N1 = 0xBAAEDCE6AF48A03B, N2 = 0xFFFFFFFFFFFFFFFE, N3 = 0xFFFFFFFFFFFFFFFF;
    private const ulong C0 = 0x402DA1732FC9BEBF, C1 = 0x4551231950B75FC4, C2 = 1;

    private readonly ulong _0, _1, _2, _3;

    private Scalar(ulong limb0, ulong limb1, ulong limb2, ulong limb3) => (_0, _1, _2, _3) = (limb0, limb1, limb2, limb3);

    public static Scalar Zero => default;

    public static Scalar One => new(1, 0, 0, 0);

    public bool IsZero => (_0 | _1 | _2 | _3) == 0;

    /// <summary>A small number, such as a participant's identifier.</summary>
    public static Scalar FromUInt32(uint value) => new(value, 0, 0, 0);

    /// <summary>A number of 64 bits.</summary>
    public static Scalar FromUInt64(ulong value) => new(value, 0, 0, 0);

    /// <summary>Reads 32 big-endian bytes; false when they are not below n or not 32.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Scalar scalar)
    {
        scalar = default;
        if (bytes.Length != Size)
        {
            return false;
        }

        var read = new Scalar(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes));
        SubtractOrder(read, out ulong borrow);
        if (borrow == 0)
        {
            return false;
        }

        scalar = read;
        return true;
    }

    /// <summary>Reduces a big-endian number of at most 64 bytes modulo n (RFC 9380, 5.2: the last step of hash_to_field).</summary>
    public static Scalar Reduce(ReadOnlySpan<byte> bigEndian)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bigEndian.Length, 64);
        Span<byte> padded = stackalloc byte[64];
        padded.Clear();
        bigEndian.CopyTo(padded[(64 - bigEndian.Length)..]);
        Span<ulong> wide = stackalloc ulong[8];
        for (int i = 0; i < 8; i++)
        {
            wide[i] = BinaryPrimitives.ReadUInt64BigEndian(padded[(56 - 8 * i)..]);
        }

        Scalar reduced = ReduceWide(wide[0], wide[1], wide[2], wide[3], wide[4], wide[5], wide[6], wide[7]);
        padded.Clear();
        wide.Clear();
        return reduced;
    }

    /// <summary>Writes 32 big-endian bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _3);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _0);
    }

    /// <summary>A new array of the 32 big-endian bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    [SuppressMessage("Usage", "CA2225", Justification = "The operators are the names; this is a number type.")]
    public static Scalar operator +(Scalar left, Scalar right)
    {
        unchecked
        {
            ulong carry = 0;
            var sum = new Scalar(
                AddCarry(left._0, right._0, ref carry),
                AddCarry(left._1, right._1, ref carry),
                AddCarry(left._2, right._2, ref carry),
                AddCarry(left._3, right._3, ref carry));
            Scalar less = SubtractOrder(sum, out ulong borrow);

            // Take the difference when the sum passed 2^256 or is not below n.
            return Select(carry | (borrow ^ 1), less, sum);
        }
    }

    [SuppressMessage("Usage", "CA2225", Justification = "The operators are the names; this is a number type.")]
    public static Scalar operator -(Scalar value)
    {
        unchecked
        {
            ulong borrow = 0;
            var difference = new Scalar(
                SubtractBorrow(N0, value._0, ref borrow),
                SubtractBorrow(N1, value._1, ref borrow),
                SubtractBorrow(N2, value._2, ref borrow),
                SubtractBorrow(N3, value._3, ref borrow));
            ulong any = value._0 | value._1 | value._2 | value._3;
            return Select((any | (0 - any)) >> 63, difference, default);
        }
    }

    [SuppressMessage("Usage", "CA2225", Justification = "The operators are the names; this is a number type.")]
    public static Scalar operator -(Scalar left, Scalar right) => left + -right;

    [SuppressMessage("Usage", "CA2225", Justification = "The operators are the names; this is a number type.")]
    public static Scalar operator *(Scalar left, Scalar right)
    {
        // Schoolbook rows, written out: loops over spans take four times as long.
        ulong carry = 0;
        ulong r0 = MultiplyAdd(left._0, right._0, 0, ref carry);
        ulong r1 = MultiplyAdd(left._0, right._1, 0, ref carry);
        ulong r2 = MultiplyAdd(left._0, right._2, 0, ref carry);
        ulong r3 = MultiplyAdd(left._0, right._3, 0, ref carry);
        ulong r4 = carry;
        carry = 0;
        r1 = MultiplyAdd(left._1, right._0, r1, ref carry);
        r2 = MultiplyAdd(left._1, right._1, r2, ref carry);
        r3 = MultiplyAdd(left._1, right._2, r3, ref carry);
        r4 = MultiplyAdd(left._1, right._3, r4, ref carry);
        ulong r5 = carry;
        carry = 0;
        r2 = MultiplyAdd(left._2, right._0, r2, ref carry);
        r3 = MultiplyAdd(left._2, right._1, r3, ref carry);
        r4 = MultiplyAdd(left._2, right._2, r4, ref carry);
        r5 = MultiplyAdd(left._2, right._3, r5, ref carry);
        ulong r6 = carry;
        carry = 0;
        r3 = MultiplyAdd(left._3, right._0, r3, ref carry);
        r4 = MultiplyAdd(left._3, right._1, r4, ref carry);
        r5 = MultiplyAdd(left._3, right._2, r5, ref carry);
        r6 = MultiplyAdd(left._3, right._3, r6, ref carry);
        return ReduceWide(r0, r1, r2, r3, r4, r5, r6, carry);
    }

    /// <summary>The multiplicative inverse by Fermat's little theorem; the inverse of zero is zero.</summary>
    public Scalar Inverse()
    {
        ReadOnlySpan<ulong> exponent = [unchecked(N0 - 2), N1, N2, N3];
        Scalar result = One;
        for (int bit = 255; bit >= 0; bit--)
        {
            result *= result;
            if (((exponent[bit >> 6] >> (bit & 63)) & 1) != 0)
            {
                result *= this;
            }
        }

        return result;
    }

    /// <summary>Compares all limbs whatever the first ones say.</summary>
    public bool Equals(Scalar other) => ((_0 ^ other._0) | (_1 ^ other._1) | (_2 ^ other._2) | (_3 ^ other._3)) == 0;

    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    public static bool operator ==(Scalar left, Scalar right) => left.Equals(right);

    public static bool operator !=(Scalar left, Scalar right) => !left.Equals(right);

    public override int GetHashCode() => unchecked((int)_0);

    /// <summary>Never the value: a scalar is often a secret and texts end in logs.</summary>
    public override string ToString() => "Scalar";

    /// <summary>
    /// Reduces 512 bits, lowest limb first. 2^256 is congruent to c, which has 129 bits, so folding the upper part in leaves 386 bits, then 260, then
    /// 257, then 256; no carry is lost at these bounds.
    /// </summary>
    private static Scalar ReduceWide(ulong r0, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5, ulong r6, ulong r7)
    {
        unchecked
        {
            ulong carry = Fold(r4, ref r0, ref r1, ref r2);
            ulong m4 = 0;
            r3 = AddCarry(r3, carry, ref m4);
            m4 += Fold(r5, ref r1, ref r2, ref r3);
            ulong m5 = Fold(r6, ref r2, ref r3, ref m4);
            ulong m6 = Fold(r7, ref r3, ref m4, ref m5);

            carry = Fold(m4, ref r0, ref r1, ref r2);
            ulong s4 = 0;
            r3 = AddCarry(r3, carry, ref s4);
            s4 += Fold(m5, ref r1, ref r2, ref r3);
            _ = Fold(m6, ref r2, ref r3, ref s4);

            carry = Fold(s4, ref r0, ref r1, ref r2);
            ulong t4 = 0;
            r3 = AddCarry(r3, carry, ref t4);
            r3 += Fold(t4, ref r0, ref r1, ref r2);

            var reduced = new Scalar(r0, r1, r2, r3);
            Scalar less = SubtractOrder(reduced, out ulong borrow);
            return Select(borrow ^ 1, less, reduced);
        }
    }

    /// <summary>Adds limb * c to three limbs and gives the carry out of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong limb, ref ulong low, ref ulong middle, ref ulong high)
    {
        ulong carry = 0;
        low = MultiplyAdd(limb, C0, low, ref carry);
        middle = MultiplyAdd(limb, C1, middle, ref carry);
        high = MultiplyAdd(limb, C2, high, ref carry);
        return carry;
    }

    /// <summary>The low limb of left * right + addend + carry; the high one becomes the carry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyAdd(ulong left, ulong right, ulong addend, ref ulong carry)
    {
        unchecked
        {
            ulong high = Math.BigMul(left, right, out ulong low);
            low += addend;
            high += low < addend ? 1UL : 0;
            low += carry;
            high += low < carry ? 1UL : 0;
            carry = high;
            return low;
        }
    }

    private static Scalar SubtractOrder(Scalar value, out ulong borrow)
    {
        borrow = 0;
        return new Scalar(
            SubtractBorrow(value._0, N0, ref borrow),
            SubtractBorrow(value._1, N1, ref borrow),
            SubtractBorrow(value._2, N2, ref borrow),
            SubtractBorrow(value._3, N3, ref borrow));
    }

    /// <summary><paramref name="whenOne"/> if the condition is 1, <paramref name="whenZero"/> if it is 0, without a branch.</summary>
    private static Scalar Select(ulong condition, Scalar whenOne, Scalar whenZero)
    {
        ulong mask = unchecked(0 - condition);
        return new Scalar(
            (whenOne._0 & mask) | (whenZero._0 & ~mask),
            (whenOne._1 & mask) | (whenZero._1 & ~mask),
            (whenOne._2 & mask) | (whenZero._2 & ~mask),
            (whenOne._3 & mask) | (whenZero._3 & ~mask));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddCarry(ulong left, ulong right, ref ulong carry)
    {
        unchecked
        {
            ulong partial = left + right;
            ulong sum = partial + carry;
            carry = (partial < left ? 1UL : 0) | (sum < partial ? 1UL : 0);
            return sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SubtractBorrow(ulong left, ulong right, ref ulong borrow)
    {
        unchecked
        {
            ulong partial = left - right;
            ulong difference = partial - borrow;
            borrow = (left < right ? 1UL : 0) | (partial < borrow ? 1UL : 0);
            return difference;
        }
    }
}
