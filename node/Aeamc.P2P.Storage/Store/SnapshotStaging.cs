using System.Buffers.Binary;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Store;

/// <summary>
/// Verified parts of a state that is being fetched, kept so that a restart, or a newer snapshot, begins with what is here: a part is known by its place in the
/// tree and its hash, and is as good under every root that has this hash there.
/// </summary>
public sealed class SnapshotStaging
{
    // Keys: 0, path 32 -> key length u32, key, value; 1, first path 32, depth u16 -> hash of a part that is complete.
    private const byte EntryTag = 0;
    private const byte PartTag = 1;
    private const int EntryKeyBytes = 1 + Hash256.Size;
    private const int PartKeyBytes = EntryKeyBytes + 2;
    private const int CopyBytes = 4 << 20;

    private readonly RocksDb _database;
    private readonly StoreFamilies _families;

    internal SnapshotStaging(RocksDb database, StoreFamilies families)
    {
        _database = database;
        _families = families;
    }

    private static ReadOnlySpan<byte> ImportKey => "importing"u8;

    /// <summary>The state in the store is half one thing and half another: an import was interrupted.</summary>
    public bool IsImporting => _database.Contains(_families.Meta, ImportKey);

    /// <summary>Whether a part is here and whole.</summary>
    public bool Has(StatePrefix prefix, Hash256 hash)
    {
        byte[]? known = _database.Get(_families.Staging, PartKey(stackalloc byte[PartKeyBytes], prefix));
        return known is not null && new Hash256(known) == hash;
    }

    /// <summary>Keeps a verified part, in place of whatever was below that place.</summary>
    public void Put(StatePrefix prefix, Hash256 hash, IReadOnlyList<StateEntry> entries)
    {
        using WriteBatch batch = new();
        Span<byte> first = stackalloc byte[PartKeyBytes + 1];
        Span<byte> last = stackalloc byte[PartKeyBytes + 1];
        batch.DeleteRange(_families.Staging, EntryKey(first, prefix.Bits), After(EntryKey(last, prefix.Last()), last));

        // Parts within this one are gone with their entries, and those around it are no longer what they were.
        PartKey(last, prefix.Last(), StateProof.MaxDepth);
        batch.DeleteRange(_families.Staging, PartKey(first, prefix.Bits, 0), After(last[..PartKeyBytes], last));
        StatePrefix around = StatePrefix.Root;
        for (int depth = 0; depth < prefix.Depth; depth++)
        {
            batch.Delete(_families.Staging, PartKey(first, around));
            around = around.Child(prefix.Bits.Bit(depth));
        }

        Span<byte> number = stackalloc byte[4];
        foreach (StateEntry entry in entries)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, entry.Key.Length);
            batch.Put(_families.Staging, EntryKey(first, Hash256.Of(entry.Key.Span)), [.. number, .. entry.Key.Span, .. entry.Value.Span]);
        }

        Span<byte> value = stackalloc byte[Hash256.Size];
        hash.CopyTo(value);
        batch.Put(_families.Staging, PartKey(first, prefix), value);
        _database.Write(batch, WriteDurability.Buffered);
    }

    /// <summary>The entries of some parts.</summary>
    public IEnumerable<(byte[] Key, byte[] Value)> Read(IReadOnlyList<StatePrefix> parts)
    {
        foreach (StatePrefix part in parts)
        {
            var first = new byte[EntryKeyBytes];
            var last = new byte[EntryKeyBytes];
            EntryKey(first, part.Bits);
            EntryKey(last, part.Last());
            using RocksDbIterator iterator = _database.NewIterator(_families.Staging);
            for (iterator.Seek(first); iterator.Valid && iterator.Key.SequenceCompareTo(last) <= 0; iterator.Next())
            {
                yield return Split(iterator.Value);
            }
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        using WriteBatch batch = new();
        batch.DeleteRange(_families.Staging, [], [0xff]);
        _database.Write(batch);
    }

    internal void BeginImport() => _database.Put(_families.Meta, ImportKey, [1]);

    internal void EndImport(WriteBatch batch)
    {
        batch.Delete(_families.Meta, ImportKey);
        batch.DeleteRange(_families.Staging, [], [0xff]);
    }

    internal void CopyTo(ColumnFamily state, IReadOnlyList<StatePrefix> parts)
    {
        using WriteBatch batch = new();
        int bytes = 0;
        foreach ((byte[] key, byte[] value) in Read(parts))
        {
            batch.Put(state, key, value);
            bytes += key.Length + value.Length;
            if (bytes >= CopyBytes)
            {
                _database.Write(batch, WriteDurability.Buffered);
                batch.Clear();
                bytes = 0;
            }
        }

        _database.Write(batch, WriteDurability.Buffered);
    }

    private static (byte[] Key, byte[] Value) Split(ReadOnlySpan<byte> stored)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(stored);
        return (stored.Slice(4, length).ToArray(), stored[(4 + length)..].ToArray());
    }

    private static Span<byte> EntryKey(Span<byte> key, Hash256 path)
    {
        key[0] = EntryTag;
        path.CopyTo(key[1..]);
        return key[..EntryKeyBytes];
    }

    private static Span<byte> PartKey(Span<byte> key, StatePrefix prefix) => PartKey(key, prefix.Bits, prefix.Depth);

    private static Span<byte> PartKey(Span<byte> key, Hash256 bits, int depth)
    {
        key[0] = PartTag;
        bits.CopyTo(key[1..]);
        BinaryPrimitives.WriteUInt16BigEndian(key[EntryKeyBytes..], (ushort)depth);
        return key[..PartKeyBytes];
    }

    /// <summary>The least key after one: ranges leave out their end.</summary>
    private static Span<byte> After(Span<byte> key, Span<byte> buffer)
    {
        buffer[key.Length] = 0;
        return buffer[..(key.Length + 1)];
    }
}
