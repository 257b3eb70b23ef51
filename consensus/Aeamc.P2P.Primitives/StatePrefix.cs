using System.Diagnostics.CodeAnalysis;

namespace Aeamc.P2P.Primitives;

/// <summary>A place in a <see cref="StateTree"/>: the first bits of the paths below it.</summary>
/// <remarks>MessagePack: [bits, bin of them, most significant first; unused bits of the last byte are 0].</remarks>
public readonly record struct StatePrefix
{
    private StatePrefix(int depth, Hash256 bits)
    {
        Depth = depth;
        Bits = bits;
    }

    /// <summary>The whole tree.</summary>
    public static StatePrefix Root { get; }

    /// <summary>How many bits, 0 to 256.</summary>
    public int Depth { get; }

    /// <summary>The bits, then zeros: the first path below this place.</summary>
    public Hash256 Bits { get; }

    /// <summary>The place one bit further down.</summary>
    /// <exception cref="InvariantException">There is none below 256 bits.</exception>
    public StatePrefix Child(bool right)
    {
        Invariant.Check(Depth < StateProof.MaxDepth);
        if (!right)
        {
            return new StatePrefix(Depth + 1, Bits);
        }

        Span<byte> bits = stackalloc byte[Hash256.Size];
        Bits.CopyTo(bits);
        bits[Depth / 8] |= (byte)(0x80 >> (Depth % 8));
        return new StatePrefix(Depth + 1, new Hash256(bits));
    }

    /// <summary>Whether a path lies below this place.</summary>
    public bool Contains(Hash256 path)
    {
        for (int i = 0; i < Depth; i++)
        {
            if (path.Bit(i) != Bits.Bit(i))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The last path below this place.</summary>
    public Hash256 Last()
    {
        Span<byte> bits = stackalloc byte[Hash256.Size];
        Bits.CopyTo(bits);
        for (int i = Depth; i < StateProof.MaxDepth; i++)
        {
            bits[i / 8] |= (byte)(0x80 >> (i % 8));
        }

        return new Hash256(bits);
    }

    public void Encode(ref MessagePackWriter writer)
    {
        Span<byte> bits = stackalloc byte[Hash256.Size];
        Bits.CopyTo(bits);
        writer.WriteArrayHeader(2);
        writer.Write((ulong)Depth);
        writer.Write(bits[..((Depth + 7) / 8)]);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false on anything else.</summary>
    public static bool TryDecode(ref MessagePackReader reader, [NotNullWhen(true)] out StatePrefix? prefix)
    {
        prefix = null;
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt64(StateProof.MaxDepth, out ulong wide)
            || !reader.TryReadExactly(((int)wide + 7) / 8, out ReadOnlySpan<byte> packed))
        {
            return false;
        }

        int depth = (int)wide;
        if (depth % 8 != 0 && (packed[^1] & (0xff >> (depth % 8))) != 0)
        {
            return false;
        }

        Span<byte> bits = stackalloc byte[Hash256.Size];
        bits.Clear();
        packed.CopyTo(bits);
        prefix = new StatePrefix(depth, new Hash256(bits));
        return true;
    }
}
