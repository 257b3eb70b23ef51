using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Aeamc.P2P.Simulator.Signing;

/// <summary>A number modulo p = 2^256 - 2^32 - 977, the field of secp256k1 (SEC 2, 2.4.1), always fully reduced. Not in constant time: the simulator has no secrets.</summary>
internal readonly struct FieldElement : IEquatable<FieldElement>
{
    /// <summary>2^256 - p.</summary>
    private const ulong C = 0x1000003D1;

    private readonly ulong _0, _1, _2, _3;

    private FieldElement(ulong limb0, ulong limb1, ulong limb2, ulong limb3) => (_0, _1, _2, _3) = (limb0, limb1, limb2, limb3);

    public static FieldElement Zero => default;

    public static FieldElement One => new(1, 0, 0, 0);

    public bool IsZero => (_0 | _1 | _2 | _3) == 0;

    public bool IsOdd => (_0 & 1) != 0;

    public static FieldElement From(ulong value) => new(value, 0, 0, 0);

    /// <summary>Reads 32 big-endian bytes; false when they are not below p.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out FieldElement element)
    {
        element = new FieldElement(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(bytes));
        return !element.ReachesP;
    }

    /// <summary>Writes 32 big-endian bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _3);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _0);
    }

    public static FieldElement operator +(in FieldElement a, in FieldElement b)
    {
        unchecked
        {
            ulong carry = 0;
            var sum = new FieldElement(Add(a._0, b._0, ref carry), Add(a._1, b._1, ref carry), Add(a._2, b._2, ref carry), Add(a._3, b._3, ref carry));

            // Past 2^256 or p: subtract p, which is to add C modulo 2^256.
            return carry != 0 || sum.ReachesP ? sum.PlusC() : sum;
        }
    }

    public static FieldElement operator -(in FieldElement a)
    {
        if (a.IsZero)
        {
            return a;
        }

        unchecked
        {
            // p - a = ~a - (C - 1) modulo 2^256.
            ulong borrow = 0;
            return new FieldElement(Subtract(~a._0, C - 1, ref borrow), Subtract(~a._1, 0, ref borrow), Subtract(~a._2, 0, ref borrow), Subtract(~a._3, 0, ref borrow));
        }
    }

    public static FieldElement operator -(in FieldElement a, in FieldElement b) => a + (-b);

    public static FieldElement operator *(in FieldElement a, in FieldElement b)
    {
        ulong carry = 0;
        ulong r0 = MultiplyAdd(a._0, b._0, 0, ref carry);
        ulong r1 = MultiplyAdd(a._0, b._1, 0, ref carry);
        ulong r2 = MultiplyAdd(a._0, b._2, 0, ref carry);
        ulong r3 = MultiplyAdd(a._0, b._3, 0, ref carry);
        ulong r4 = carry;
        carry = 0;
        r1 = MultiplyAdd(a._1, b._0, r1, ref carry);
        r2 = MultiplyAdd(a._1, b._1, r2, ref carry);
        r3 = MultiplyAdd(a._1, b._2, r3, ref carry);
        r4 = MultiplyAdd(a._1, b._3, r4, ref carry);
        ulong r5 = carry;
        carry = 0;
        r2 = MultiplyAdd(a._2, b._0, r2, ref carry);
        r3 = MultiplyAdd(a._2, b._1, r3, ref carry);
        r4 = MultiplyAdd(a._2, b._2, r4, ref carry);
        r5 = MultiplyAdd(a._2, b._3, r5, ref carry);
        ulong r6 = carry;
        carry = 0;
        r3 = MultiplyAdd(a._3, b._0, r3, ref carry);
        r4 = MultiplyAdd(a._3, b._1, r4, ref carry);
        r5 = MultiplyAdd(a._3, b._2, r5, ref carry);
        r6 = MultiplyAdd(a._3, b._3, r6, ref carry);
        ulong r7 = carry;

        // 2^256 is congruent to C: fold the upper half in, then the 34 bits that are left over, then one bit.
        carry = 0;
        r0 = MultiplyAdd(r4, C, r0, ref carry);
        r1 = MultiplyAdd(r5, C, r1, ref carry);
        r2 = MultiplyAdd(r6, C, r2, ref carry);
        r3 = MultiplyAdd(r7, C, r3, ref carry);
        ulong over = carry;
        carry = 0;
        r0 = MultiplyAdd(over, C, r0, ref carry);
        ulong up = 0;
        r1 = Add(r1, carry, ref up);
        r2 = Add(r2, 0, ref up);
        r3 = Add(r3, 0, ref up);
        var product = new FieldElement(r0, r1, r2, r3);
        return up != 0 || product.ReachesP ? product.PlusC() : product;
    }

    /// <summary>The multiplicative inverse, x^(p - 2); that of zero is zero.</summary>
    public FieldElement Inverse() => Power(0xFFFFFFFEFFFFFC2D, ulong.MaxValue);

    /// <summary>x^((p + 1) / 4): the square root, if there is one.</summary>
    public FieldElement Root() => Power(0xFFFFFFFFBFFFFF0C, 0x3FFFFFFFFFFFFFFF);

    public bool Equals(FieldElement other) => _0 == other._0 && _1 == other._1 && _2 == other._2 && _3 == other._3;

    public override bool Equals(object? obj) => obj is FieldElement other && Equals(other);

    public override int GetHashCode() => unchecked((int)_0);

    public static bool operator ==(FieldElement a, FieldElement b) => a.Equals(b);

    public static bool operator !=(FieldElement a, FieldElement b) => !a.Equals(b);

    private bool ReachesP => (_1 & _2 & _3) == ulong.MaxValue && _0 >= unchecked(0 - C);

    private FieldElement PlusC()
    {
        ulong carry = 0;
        return new FieldElement(Add(_0, C, ref carry), Add(_1, 0, ref carry), Add(_2, 0, ref carry), Add(_3, 0, ref carry));
    }

    /// <summary>The power whose exponent has these lowest and highest limbs, and ones between.</summary>
    private FieldElement Power(ulong lowest, ulong highest)
    {
        FieldElement result = One;
        for (int bit = 255; bit >= 0; bit--)
        {
            ulong limb = bit >= 192 ? highest : bit >= 64 ? ulong.MaxValue : lowest;
            result *= result;
            if (((limb >> (bit & 63)) & 1) != 0)
            {
                result *= this;
            }
        }

        return result;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Add(ulong left, ulong right, ref ulong carry)
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
    private static ulong Subtract(ulong left, ulong right, ref ulong borrow)
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
