using System.Buffers.Binary;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Store;

/// <summary>
/// What leaves the store again: old blocks of a node that keeps no archive, and batches that never entered a block. A batch may be in several blocks and goes
/// with the last of them. Subtrees of the mountain range stay, so every block can still be shown to be in the chain.
/// </summary>
public sealed class StorePruning
{
    private const int BlockKeyBytes = 9;

    private readonly RocksDb _database;
    private readonly StoreFamilies _families;
    private readonly Lock _commitGate;
    private ulong _first;

    internal StorePruning(RocksDb database, StoreFamilies families, Lock commitGate)
    {
        _database = database;
        _families = families;
        _commitGate = commitGate;
        _first = database.Get(families.Meta, FirstKey) is { } stored ? BinaryPrimitives.ReadUInt64BigEndian(stored) : 1;
    }

    private static ReadOnlySpan<byte> FirstKey => "first"u8;

    /// <summary>The lowest height that was not pruned.</summary>
    public Height First => new(Interlocked.Read(ref _first));

    /// <summary>Bytes of the store's files and of what is not written to them yet.</summary>
    public long Bytes()
    {
        long bytes = 0;
        foreach (ColumnFamily family in _families.Every)
        {
            bytes += Number(family, "rocksdb.total-sst-files-size") + Number(family, "rocksdb.cur-size-all-mem-tables");
        }

        return bytes;
    }

    /// <summary>Drops consecutive blocks, the first being <see cref="First"/>, all or none.</summary>
    public void Prune(IReadOnlyList<PrunedBlock> blocks)
    {
        if (blocks.Count == 0)
        {
            return;
        }

        Span<byte> number = stackalloc byte[8];
        Span<byte> key = stackalloc byte[Hash256.Size];
        Span<byte> blockKey = stackalloc byte[BlockKeyBytes];
        lock (_commitGate)
        {
            using WriteBatch batch = new();
            ulong expected = First.Value;
            foreach (PrunedBlock block in blocks)
            {
                Invariant.Check(block.Height.Value == expected);
                expected++;
                BinaryPrimitives.WriteUInt64BigEndian(number, block.Height.Value);
                number.CopyTo(blockKey);
                for (byte part = 0; part < 3; part++)
                {
                    if (part != 0 || !block.KeepsHeader)
                    {
                        blockKey[8] = part;
                        batch.Delete(_families.Blocks, blockKey);
                    }
                }

                if (!block.KeepsHeader)
                {
                    block.Hash.CopyTo(key);
                    batch.Delete(_families.BlockHeights, key);
                }

                foreach (Hash256 use in block.Uses)
                {
                    use.CopyTo(key);
                    if (_database.Get(_families.BatchBlocks, key) is { } last && number.SequenceEqual(last))
                    {
                        batch.Delete(_families.BatchBlocks, key);
                        batch.Delete(_families.Batches, key);
                    }
                }

                foreach (Hash256 entry in block.Entries)
                {
                    entry.CopyTo(key);
                    if (_database.Get(_families.Receipts, key) is { } bytes && StoredReceipt.TryRead(bytes, out StoredReceipt receipt) && receipt.Height == block.Height)
                    {
                        batch.Delete(_families.Receipts, key);
                    }
                }
            }

            ulong next = blocks[^1].Height.Value + 1;
            BinaryPrimitives.WriteUInt64BigEndian(number, next);
            batch.Put(_families.Meta, FirstKey, number);
            _database.Write(batch, WriteDurability.Buffered);
            Interlocked.Exchange(ref _first, next);
        }
    }

    /// <summary>Drops batches and proposals that came at or below a height and that no finalized block holds; gives how many.</summary>
    /// <param name="through">Older ones can no longer be wanted.</param>
    /// <param name="isWanted">Spares some all the same.</param>
    /// <param name="maximum">At most so many at once.</param>
    public int CollectLoose(Height through, Func<Hash256, bool> isWanted, int maximum)
    {
        lock (_commitGate)
        {
            using WriteBatch batch = new();
            int collected = 0;
            using RocksDbIterator iterator = _database.NewIterator(_families.Loose);
            for (iterator.SeekToFirst(); collected < maximum && iterator.Valid; iterator.Next())
            {
                if (BinaryPrimitives.ReadUInt64BigEndian(iterator.Value) > through.Value || isWanted(new Hash256(iterator.Key)))
                {
                    continue;
                }

                collected++;
                batch.Delete(_families.Loose, iterator.Key);
                if (!_database.Contains(_families.BatchBlocks, iterator.Key))
                {
                    batch.Delete(_families.Batches, iterator.Key);
                }
            }

            _database.Write(batch, WriteDurability.Buffered);
            return collected;
        }
    }

    /// <summary>Gives the space of what was dropped back to the file system. Takes as long as rewriting the affected files; other calls go on meanwhile.</summary>
    public void Compact()
    {
        foreach (ColumnFamily family in new[] { _families.Blocks, _families.BlockHeights, _families.Batches, _families.BatchBlocks, _families.Receipts, _families.Loose })
        {
            _database.Flush(family);
            _database.Compact(family);
        }
    }

    /// <summary>Puts the marker of the first block into a batch that replaces everything.</summary>
    internal void Restart(WriteBatch batch, Height first)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, first.Value);
        batch.Put(_families.Meta, FirstKey, number);
    }

    internal void Restarted(Height first) => Interlocked.Exchange(ref _first, first.Value);

    private long Number(ColumnFamily family, string property) =>
        long.TryParse(_database.Property(family, property), System.Globalization.CultureInfo.InvariantCulture, out long value) ? value : 0;
}

/// <summary>A block to drop.</summary>
/// <param name="Height">Its height.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Uses">The batches of its payload.</param>
/// <param name="Entries">The ids of its entries.</param>
/// <param name="KeepsHeader">Whether its header is still needed.</param>
public sealed record PrunedBlock(Height Height, Hash256 Hash, IReadOnlyList<Hash256> Uses, IReadOnlyList<Hash256> Entries, bool KeepsHeader);
