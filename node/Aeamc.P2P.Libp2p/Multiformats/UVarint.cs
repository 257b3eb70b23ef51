namespace Aeamc.P2P.Libp2p.Multiformats;

/// <summary>Unsigned LEB128 as the multiformats spec limits it: at most 9 bytes (63 bits), shortest form only.</summary>
public static class UVarint
{
    /// <summary>The longest encoding.</summary>
    public const int MaxLength = 9;

    /// <summary>The number of bytes <see cref="Write"/> needs for <paramref name="value"/>.</summary>
    public static int Length(ulong value)
    {
        int length = 1;
        while (value >= 0x80)
        {
            value >>= 7;
            length++;
        }

        return length;
    }

    /// <summary>Writes <paramref name="value"/> (at most 63 bits) and gives the number of bytes written.</summary>
    public static int Write(Span<byte> destination, ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, (ulong)long.MaxValue);
        int length = 0;
        while (value >= 0x80)
        {
            destination[length++] = unchecked((byte)(value | 0x80));
            value >>= 7;
        }

        destination[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads a number from the start of <paramref name="source"/>.</summary>
    /// <returns>What was found; <paramref name="read"/> is 0 unless it is <see cref="UVarintStatus.Done"/>.</returns>
    public static UVarintStatus Read(ReadOnlySpan<byte> source, out ulong value, out int read)
    {
        value = 0;
        read = 0;
        ulong sum = 0;
        int limit = Math.Min(source.Length, MaxLength);
        for (int i = 0; i < limit; i++)
        {
            byte b = source[i];
            sum |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                // A last byte of zero adds nothing: the same number has a shorter form, and two forms of one value are refused.
                if (b == 0 && i > 0)
                {
                    return UVarintStatus.Invalid;
                }

                value = sum;
                read = i + 1;
                return UVarintStatus.Done;
            }
        }

        return source.Length >= MaxLength ? UVarintStatus.Invalid : UVarintStatus.Incomplete;
    }

    /// <summary>Reads a number and moves <paramref name="source"/> past it; false when it is cut off or not canonical.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, out ulong value)
    {
        if (Read(source, out value, out int read) != UVarintStatus.Done)
        {
            return false;
        }

        source = source[read..];
        return true;
    }
}
