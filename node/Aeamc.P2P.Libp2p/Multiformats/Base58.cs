namespace Aeamc.P2P.Libp2p.Multiformats;

/// <summary>Base58 with the Bitcoin alphabet (draft-msporny-base58). Quadratic, so both directions are capped.</summary>
public static class Base58
{
    /// <summary>The longest input of <see cref="Encode"/>, in bytes, and the longest result of <see cref="TryDecode"/>.</summary>
    public const int MaxBytes = 128;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>Encodes at most <see cref="MaxBytes"/> bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxBytes);
        int zeros = bytes.IndexOfAnyExcept((byte)0);
        zeros = zeros < 0 ? bytes.Length : zeros;
        Span<byte> digits = stackalloc byte[(MaxBytes * 138 / 100) + 1];
        int count = 0;
        foreach (byte b in bytes[zeros..])
        {
            int carry = b;
            for (int i = 0; i < count; i++)
            {
                carry += digits[i] << 8;
                digits[i] = (byte)(carry % 58);
                carry /= 58;
            }

            while (carry > 0)
            {
                digits[count++] = (byte)(carry % 58);
                carry /= 58;
            }
        }

        Span<char> text = stackalloc char[zeros + count];
        text[..zeros].Fill('1');
        for (int i = 0; i < count; i++)
        {
            text[zeros + i] = Alphabet[digits[count - 1 - i]];
        }

        return new string(text);
    }

    /// <summary>Decodes into <paramref name="destination"/>; false for a foreign character or more bytes than fit.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        written = 0;
        if (text.Length > MaxBytes * 138 / 100)
        {
            return false;
        }

        int zeros = text.IndexOfAnyExcept('1');
        zeros = zeros < 0 ? text.Length : zeros;
        Span<byte> reversed = stackalloc byte[MaxBytes + 1];
        int count = 0;
        foreach (char c in text[zeros..])
        {
            int carry = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (carry < 0)
            {
                return false;
            }

            for (int i = 0; i < count; i++)
            {
                carry += reversed[i] * 58;
                reversed[i] = unchecked((byte)carry);
                carry >>= 8;
            }

            while (carry > 0)
            {
                if (count == MaxBytes)
                {
                    return false;
                }

                reversed[count++] = unchecked((byte)carry);
                carry >>= 8;
            }
        }

        if (zeros + count > destination.Length)
        {
            return false;
        }

        destination[..zeros].Clear();
        for (int i = 0; i < count; i++)
        {
            destination[zeros + i] = reversed[count - 1 - i];
        }

        written = zeros + count;
        return true;
    }
}
