using System.Runtime.InteropServices;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// The tables of keys under which signatures were found valid, for devices sign more than once: a signature under a key whose table is here costs half
/// of one under a new key. Bounded; holds nothing secret. Thread-safe.
/// </summary>
/// <param name="capacity">How many tables are kept, 4.4 KB each.</param>
internal sealed unsafe class KeyTables(int capacity)
{
    private readonly BoundedCache<KeyBytes, double[]> _tables = new(capacity);

    /// <summary>
    /// The table of the negative of each key. Those not remembered are computed eight at a time; null for bytes that are no point of the curve.
    /// </summary>
    /// <param name="keys">32 bytes each.</param>
    /// <param name="tables">As many, in the same order.</param>
    public void Find(ReadOnlySpan<KeyBytes> keys, Span<double[]?> tables)
    {
        int* missing = stackalloc int[LaneElement.Lanes];
        int count = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (!_tables.TryGet(keys[i], out tables[i]))
            {
                missing[count++] = i;
            }

            if (count == LaneElement.Lanes || (count > 0 && i == keys.Length - 1))
            {
                Compute(keys, tables, new ReadOnlySpan<int>(missing, count));
                count = 0;
            }
        }
    }

    /// <summary>Remembers a table, because a signature under its key was valid: what a stranger makes up puts nothing out.</summary>
    public void Keep(KeyBytes key, double[] table) => _tables.Add(key, table);

    private static void Compute(ReadOnlySpan<KeyBytes> keys, Span<double[]?> tables, ReadOnlySpan<int> places)
    {
        LanePoint points;
        Span<byte> bytes = stackalloc byte[LaneElement.Lanes * PointBytes.Size];
        PointBytes.Repeat(CurveConstants.BasePoint, bytes);
        var made = new double[places.Length][];
        for (int lane = 0; lane < places.Length; lane++)
        {
            keys[places[lane]].CopyTo(bytes[(lane * PointBytes.Size)..]);
            made[lane] = KeyTable.Allocate();
        }

        int valid = PointBytes.Decode(&points, bytes);
        LaneGroup.Negate(&points);
        KeyTable.Fill(&points, made);
        for (int lane = 0; lane < places.Length; lane++)
        {
            tables[places[lane]] = (valid >> lane & 1) != 0 ? made[lane] : null;
        }
    }
}

/// <summary>The 32 bytes of a key. Its hash is seeded anew in each process, so nobody can choose keys that share a bucket.</summary>
internal readonly record struct KeyBytes
{
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    public KeyBytes(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes[..PointBytes.Size]);
        (_a, _b, _c, _d) = (words[0], words[1], words[2], words[3]);
    }

    public void CopyTo(Span<byte> bytes)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes[..PointBytes.Size]);
        (words[0], words[1], words[2], words[3]) = (_a, _b, _c, _d);
    }

    public override int GetHashCode() => HashCode.Combine(_a, _b, _c, _d);
}
