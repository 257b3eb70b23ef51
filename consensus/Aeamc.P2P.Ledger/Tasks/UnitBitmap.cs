using System.Numerics;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>One bit for each of a run of work units. Unit i is bit i mod 8 of byte i div 8; bits past the end are zero.</summary>
public sealed class UnitBitmap
{
    private readonly byte[] _bits;

    /// <summary>A bitmap of <paramref name="length"/> units, none set.</summary>
    public UnitBitmap(int length)
    {
        Length = length;
        _bits = new byte[(length + 7) / 8];
    }

    /// <summary>How many units there are.</summary>
    public int Length { get; }

    /// <summary>How many are set.</summary>
    public int Count { get; private set; }

    /// <summary>Whether unit <paramref name="index"/> is set.</summary>
    public bool this[int index]
    {
        get
        {
            Invariant.Check(index >= 0 && index < Length);
            return (_bits[index >> 3] & (1 << (index & 7))) != 0;
        }
    }

    /// <summary>Sets a unit that is not set.</summary>
    public void Set(int index)
    {
        Invariant.Check(!this[index]);
        _bits[index >> 3] |= (byte)(1 << (index & 7));
        Count++;
    }

    /// <summary>Clears a unit that is set.</summary>
    public void Clear(int index)
    {
        Invariant.Check(this[index]);
        _bits[index >> 3] = (byte)(_bits[index >> 3] & ~(1 << (index & 7)));
        Count--;
    }

    /// <summary>The lowest set unit at or after <paramref name="start"/>, or -1.</summary>
    public int NextSet(int start)
    {
        for (int index = start; index < Length; index++)
        {
            int rest = _bits[index >> 3] >> (index & 7);
            if (rest != 0)
            {
                return index + BitOperations.TrailingZeroCount(rest);
            }

            index |= 7;
        }

        return -1;
    }

    /// <summary>How many units from <paramref name="start"/> on are set without a gap, at most <paramref name="maximum"/>.</summary>
    public int RunLength(int start, int maximum)
    {
        int length = 0;
        while (length < maximum && start + length < Length && this[start + length])
        {
            length++;
        }

        return length;
    }

    /// <summary>The bits as stored.</summary>
    public ReadOnlySpan<byte> Bytes => _bits;

    /// <summary>Reads the bits of <paramref name="length"/> units; false when the size or the padding is wrong.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int length, out UnitBitmap bitmap)
    {
        bitmap = new UnitBitmap(length);
        if (bytes.Length != bitmap._bits.Length || ((length & 7) != 0 && bytes[^1] >> (length & 7) != 0))
        {
            return false;
        }

        bytes.CopyTo(bitmap._bits);
        int count = 0;
        foreach (byte value in bytes)
        {
            count += BitOperations.PopCount(value);
        }

        bitmap.Count = count;
        return true;
    }
}
