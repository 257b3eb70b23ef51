using System.Buffers.Binary;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>Scalars as sums of digit_i 2^(width i), digits from -2^(width-1) + 1 to 2^(width-1): half as many multiples to keep as without signs.</summary>
internal static unsafe class SignedDigits
{
    /// <summary>Bits of a digit of the scalar by which a key is multiplied.</summary>
    public const int KeyWidth = 5;

    /// <summary>Bits of a digit of the scalar by which the base point is multiplied; twice as many, so that its additions fall on every other of the key's.</summary>
    public const int BaseWidth = 2 * KeyWidth;

    /// <summary>Digits of each half of a key's scalar: the second half counts 2^130 times.</summary>
    public const int HighDigit = 26;

    /// <summary>Bits of a half.</summary>
    public const int HighWeight = HighDigit * KeyWidth;

    /// <summary>Digits of a key's scalar: 260 bits.</summary>
    public const int KeyDigits = 2 * HighDigit;

    /// <summary>Digits of the base point's scalar: 260 bits.</summary>
    public const int BaseDigits = 26;

    /// <summary>Writes the digits of a scalar below 2^254 to a lane; the digit of weight i is at <c>digits[8 i]</c>.</summary>
    public static void Recode(ReadOnlySpan<byte> scalar, int width, int count, short* digits)
    {
        Span<byte> padded = stackalloc byte[40];
        scalar.CopyTo(padded);
        padded[32..].Clear();
        int carry = 0;
        for (int i = 0; i < count; i++)
        {
            int bit = i * width;
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(padded[(bit / 8)..]);
            int digit = (int)((word >> (bit % 8)) & ((1u << width) - 1)) + carry;
            carry = digit > 1 << (width - 1) ? 1 : 0;
            digits[i * LaneElement.Lanes] = (short)(digit - (carry << width));
        }
    }
}
