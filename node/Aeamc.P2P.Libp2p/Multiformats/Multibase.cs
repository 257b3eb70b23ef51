using System.Numerics;

namespace Aeamc.P2P.Libp2p.Multiformats;

/// <summary>The three multibase prefixes in which a peer id's CID is met: <c>b</c> base32, <c>k</c> base36, <c>z</c> base58btc.</summary>
public static class Multibase
{
    private const string Base32Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const string Base36Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int MaxTextLength = 256;

    /// <summary>Encodes as lower-case base32 without padding, with its prefix <c>b</c> (RFC 4648).</summary>
    public static string EncodeBase32(ReadOnlySpan<byte> bytes)
    {
        var text = new char[1 + (((bytes.Length * 8) + 4) / 5)];
        text[0] = 'b';
        int at = 1, held = 0, bits = 0;
        foreach (byte b in bytes)
        {
            held = (held << 8) | b;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text[at++] = Base32Alphabet[(held >> bits) & 31];
            }

            held &= (1 << bits) - 1;
        }

        if (bits > 0)
        {
            text[at] = Base32Alphabet[(held << (5 - bits)) & 31];
        }

        return new string(text);
    }

    /// <summary>Decodes prefixed text; false for an unknown prefix, a foreign character, or more bytes than fit.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        written = 0;
        if (text.Length is < 2 or > MaxTextLength)
        {
            return false;
        }

        return text[0] switch
        {
            'b' => TryDecodeBase32(text[1..], destination, out written),
            'k' => TryDecodeBase36(text[1..], destination, out written),
            'z' => Base58.TryDecode(text[1..], destination, out written),
            _ => false,
        };
    }

    private static bool TryDecodeBase32(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        written = 0;
        int held = 0, bits = 0;
        foreach (char c in text)
        {
            int digit = Base32Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            held = (held << 5) | digit;
            bits += 5;
            if (bits >= 8)
            {
                if (written == destination.Length)
                {
                    return false;
                }

                bits -= 8;
                destination[written++] = (byte)(held >> bits);
                held &= (1 << bits) - 1;
            }
        }

        // Left-over bits are padding: they must be fewer than a digit and zero, else two texts would mean one value.
        return bits < 5 && held == 0;
    }

    private static bool TryDecodeBase36(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        written = 0;
        int zeros = text.IndexOfAnyExcept('0');
        zeros = zeros < 0 ? text.Length : zeros;
        BigInteger value = BigInteger.Zero;
        foreach (char c in text[zeros..])
        {
            int digit = Base36Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            value = (value * 36) + digit;
        }

        int bytes = value.IsZero ? 0 : value.GetByteCount(isUnsigned: true);
        if (zeros + bytes > destination.Length)
        {
            return false;
        }

        destination[..zeros].Clear();
        written = zeros + bytes;
        return value.IsZero || value.TryWriteBytes(destination[zeros..], out _, isUnsigned: true, isBigEndian: true);
    }
}
