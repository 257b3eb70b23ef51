using System.Numerics;

namespace Aeamc.P2P.Primitives;

/// <summary>
/// That a key has a value, or is absent, under a <see cref="StateTree"/> root. Three ends are possible: the key's own leaf (the verifier brings key and
/// value), an empty subtree, or another leaf whose path shares every bit walked so far.
/// </summary>
/// <remarks>
/// MessagePack: [depth, bin bitmap of non-empty siblings (bit i, most significant first, is the sibling below i bits), bin of those siblings from the root down,
/// nil or bin of the other leaf's path and value hash]. Unused bitmap bits are 0.
/// </remarks>
public sealed class StateProof
{
    /// <summary>Bits in a path.</summary>
    public const int MaxDepth = 256;

    private readonly Hash256[] _siblings;
    private readonly (Hash256 Path, Hash256 ValueHash)? _other;

    internal StateProof(IReadOnlyList<Hash256> siblings) => _siblings = [.. siblings];

    internal StateProof(IReadOnlyList<Hash256> siblings, Hash256 otherPath, Hash256 otherValueHash)
        : this(siblings) => _other = (otherPath, otherValueHash);

    /// <summary>How many branches lie above the end of the walk.</summary>
    public int Depth => _siblings.Length;

    /// <summary>Checks that <paramref name="key"/> has <paramref name="value"/> under <paramref name="root"/>.</summary>
    public bool VerifyPresent(Hash256 root, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (_other is not null)
        {
            return false;
        }

        Hash256 path = Hash256.Of(key);
        return Fold(StateHash.Leaf(path, Hash256.Of(value)), path) == root;
    }

    /// <summary>Checks that <paramref name="key"/> is absent under <paramref name="root"/>.</summary>
    public bool VerifyAbsent(Hash256 root, ReadOnlySpan<byte> key)
    {
        Hash256 path = Hash256.Of(key);
        if (_other is not { } other)
        {
            return Fold(Hash256.Zero, path) == root;
        }

        // The other leaf must stand where the key's would: same bits so far, but not the key itself.
        return other.Path != path && SharesPrefix(other.Path, path, Depth)
            && Fold(StateHash.Leaf(other.Path, other.ValueHash), path) == root;
    }

    public void Encode(ref MessagePackWriter writer)
    {
        Span<byte> bitmap = stackalloc byte[MaxDepth / 8];
        Span<byte> hashes = stackalloc byte[MaxDepth * Hash256.Size];
        bitmap.Clear();
        int written = 0;
        for (int i = 0; i < _siblings.Length; i++)
        {
            if (_siblings[i] != Hash256.Zero)
            {
                bitmap[i / 8] |= (byte)(0x80 >> (i % 8));
                _siblings[i].CopyTo(hashes[written..]);
                written += Hash256.Size;
            }
        }

        writer.WriteArrayHeader(4);
        writer.Write((ulong)Depth);
        writer.Write(bitmap[..BitmapLength(Depth)]);
        writer.Write(hashes[..written]);
        if (_other is not { } other)
        {
            writer.WriteNil();
            return;
        }

        Span<byte> leaf = stackalloc byte[2 * Hash256.Size];
        other.Path.CopyTo(leaf);
        other.ValueHash.CopyTo(leaf[Hash256.Size..]);
        writer.Write(leaf);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false on anything else.</summary>
    public static bool TryDecode(ref MessagePackReader reader, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out StateProof? proof)
    {
        proof = null;
        if (!reader.TryReadArrayHeader(4) || !reader.TryReadUInt64(MaxDepth, out ulong wide)
            || !reader.TryReadExactly(BitmapLength((int)wide), out ReadOnlySpan<byte> bitmap))
        {
            return false;
        }

        int depth = (int)wide;
        int present = 0;
        foreach (byte bits in bitmap)
        {
            present += BitOperations.PopCount(bits);
        }

        bool stray = depth % 8 != 0 && (bitmap[^1] & (0xff >> (depth % 8))) != 0;
        if (stray || !reader.TryReadExactly(present * Hash256.Size, out ReadOnlySpan<byte> hashes)
            || !TryExpand(bitmap, hashes, depth, out Hash256[] siblings))
        {
            return false;
        }

        if (reader.TryReadNil())
        {
            proof = new StateProof(siblings);
            return true;
        }

        if (!reader.TryReadExactly(2 * Hash256.Size, out ReadOnlySpan<byte> leaf))
        {
            return false;
        }

        proof = new StateProof(siblings, new Hash256(leaf[..Hash256.Size]), new Hash256(leaf[Hash256.Size..]));
        return true;
    }

    private static bool TryExpand(ReadOnlySpan<byte> bitmap, ReadOnlySpan<byte> hashes, int depth, out Hash256[] siblings)
    {
        siblings = new Hash256[depth];
        for (int i = 0; i < depth; i++)
        {
            if ((bitmap[i / 8] & (0x80 >> (i % 8))) == 0)
            {
                continue;
            }

            siblings[i] = new Hash256(hashes[..Hash256.Size]);
            hashes = hashes[Hash256.Size..];
            if (siblings[i] == Hash256.Zero)
            {
                // An empty sibling has one encoding: a cleared bit.
                return false;
            }
        }

        return true;
    }

    private Hash256 Fold(Hash256 hash, Hash256 path)
    {
        for (int i = _siblings.Length - 1; i >= 0; i--)
        {
            hash = path.Bit(i) ? StateHash.Branch(_siblings[i], hash) : StateHash.Branch(hash, _siblings[i]);
        }

        return hash;
    }

    private static bool SharesPrefix(Hash256 left, Hash256 right, int bits)
    {
        for (int i = 0; i < bits; i++)
        {
            if (left.Bit(i) != right.Bit(i))
            {
                return false;
            }
        }

        return true;
    }

    private static int BitmapLength(int depth) => (depth + 7) / 8;
}
