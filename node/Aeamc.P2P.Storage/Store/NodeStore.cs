using System.Buffers;
using System.Buffers.Binary;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Store;

/// <summary>
/// What the node keeps: blocks, batches, the ledger's state, receipts, acknowledged entries, anchors and checkpoints, in one RocksDB database,
/// so that one block is one atomic write. Reads are safe from any thread; commits come from one.
/// </summary>
public sealed class NodeStore : IDisposable, IMountainNodes
{
    private const byte HeaderPart = 0;
    private const byte PayloadPart = 1;
    private const byte FinalizationPart = 2;
    private const int BlockKeyBytes = 9;
    private const int MountainKeyBytes = 9;

    private readonly RocksDb _database;
    private readonly StoreFamilies _families;
    private readonly Lock _commitGate = new();
    private volatile object? _head;

    private NodeStore(RocksDb database)
    {
        _database = database;
        _families = new StoreFamilies(database);
        StoreFormat.Require(database, _families.Meta);
        _head = ReadHead();
        Pruning = new StorePruning(database, _families, _commitGate);
        Staging = new SnapshotStaging(database, _families);
    }

    /// <summary>What is dropped from the store.</summary>
    public StorePruning Pruning { get; }

    /// <summary>A snapshot on its way in.</summary>
    public SnapshotStaging Staging { get; }

    private static ReadOnlySpan<byte> HeadKey => "head"u8;

    /// <summary>Above every key: numbers are shorter, hashes as long, ledger keys begin with small tags.</summary>
    private static ReadOnlySpan<byte> LastKey => [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    /// <summary>The newest committed block; null in a new store.</summary>
    public StoreHead? Head => (StoreHead?)_head;

    /// <summary>The folder of the database.</summary>
    public string Path => _database.Path;

    /// <summary>Syncs of the database's log since it was opened, where it was told to count.</summary>
    internal long LogSyncs => _database.CountOf("rocksdb.wal.synced");

    /// <summary>Opens or makes the store in a folder.</summary>
    /// <exception cref="StorageException">The store is of a newer format.</exception>
    /// <exception cref="RocksDbException">The engine's sentence.</exception>
    public static NodeStore Open(string folder, RocksDbOptions? options = null)
    {
        Directory.CreateDirectory(folder);
        var database = RocksDb.Open(options ?? new RocksDbOptions(), folder, StoreFamilies.All);
        try
        {
            return new NodeStore(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Commits one block.</summary>
    public void CommitBlock(BlockCommit commit, WriteDurability durability = WriteDurability.Synced) => CommitBlocks([commit], durability);

    /// <summary>Commits consecutive blocks, all or none, at the price of one sync. The first follows the head; in a new store it may have any height.</summary>
    public void CommitBlocks(IReadOnlyList<BlockCommit> commits, WriteDurability durability = WriteDurability.Synced)
    {
        lock (_commitGate)
        {
            StoreHead? head = Head;
            using WriteBatch batch = new();
            ArrayBufferWriter<byte> scratch = new(64);
            foreach (BlockCommit commit in commits)
            {
                Invariant.Check(head is not { } previous || commit.Height == previous.Height.Next);
                head = new StoreHead(commit.Height, commit.Hash);
                AddBlock(batch, commit, scratch);
            }

            if (head is not { } last || commits.Count == 0)
            {
                return;
            }

            scratch.ResetWrittenCount();
            last.Write(scratch);
            batch.Put(_families.Meta, HeadKey, scratch.WrittenSpan);
            CrashPoint.Reach(CrashPoint.StoreCommit);
            _database.Write(batch, durability);
            CrashPoint.Reach(CrashPoint.StoreCommitted);
            _head = last;
        }
    }

    /// <summary>Adds the finalization of a block that was committed without its own.</summary>
    public void PutFinalization(Height height, ReadOnlySpan<byte> finalization, WriteDurability durability = WriteDurability.Buffered) =>
        _database.Put(_families.Blocks, BlockKey(stackalloc byte[BlockKeyBytes], height, FinalizationPart), finalization, durability);

    /// <summary>The lowest height from which on blocks are whole, batches and receipts included; a header may be kept below it.</summary>
    public Height First => Pruning.First;

    public StoredBlock? GetBlock(Height height) =>
        GetHeader(height) is { } header && GetPayload(height) is { } payload ? new StoredBlock(height, header, payload, GetFinalization(height) ?? []) : null;

    public byte[]? GetHeader(Height height) => GetBlockPart(height, HeaderPart);

    public byte[]? GetPayload(Height height) => GetBlockPart(height, PayloadPart);

    public byte[]? GetFinalization(Height height) => GetBlockPart(height, FinalizationPart);

    /// <summary>The height of the committed block with that hash.</summary>
    public Height? FindBlock(Hash256 hash)
    {
        Span<byte> key = stackalloc byte[Hash256.Size];
        hash.CopyTo(key);
        return _database.Get(_families.BlockHeights, key) is { } height ? new Height(BinaryPrimitives.ReadUInt64BigEndian(height)) : null;
    }

    /// <summary>The root of a complete subtree of the mountain range over all committed block hashes.</summary>
    public bool TryGet(int level, ulong index, out Hash256 hash)
    {
        byte[]? bytes = _database.Get(_families.Mountains, MountainKey(stackalloc byte[MountainKeyBytes], level, index));
        hash = bytes is null ? default : new Hash256(bytes);
        return bytes is not null;
    }

    /// <summary>
    /// Keeps a batch, or a proposal's content, that is not in a committed block yet, so that it can be served and need not be fetched again. What never
    /// enters a block is collected later: <see cref="StorePruning.CollectLoose"/>.
    /// </summary>
    public void PutBatch(StoredBatch batch, WriteDurability durability = WriteDurability.Buffered)
    {
        Span<byte> key = stackalloc byte[Hash256.Size];
        batch.Hash.CopyTo(key);
        CrashPoint.Reach(CrashPoint.StoreBatch);
        using WriteBatch write = new();
        write.Put(_families.Batches, key, batch.Bytes.Span);

        // Not while blocks are committed or batches collected: what came a moment ago must not be taken for old.
        lock (_commitGate)
        {
            if (!_database.Contains(_families.BatchBlocks, key))
            {
                write.Put(_families.Loose, key, NumberKey(stackalloc byte[8], Head?.Height.Value ?? 0));
            }

            _database.Write(write, durability);
        }
    }

    public byte[]? GetBatch(Hash256 hash) => Get(_families.Batches, hash);

    public bool HasBatch(Hash256 hash)
    {
        Span<byte> key = stackalloc byte[Hash256.Size];
        hash.CopyTo(key);
        return _database.Contains(_families.Batches, key);
    }

    /// <summary>The value of a ledger key as of the head.</summary>
    public byte[]? GetState(ReadOnlySpan<byte> key) => _database.Get(_families.State, key);

    /// <summary>Visits the whole state in key order, as it is at the call: what a node loads at start.</summary>
    public void VisitState(StateVisitor visit)
    {
        using RocksDbIterator iterator = _database.NewIterator(_families.State);
        for (iterator.SeekToFirst(); iterator.Valid; iterator.Next())
        {
            visit(iterator.Key, iterator.Value);
        }
    }

    /// <summary>Where an entry was settled; null while it is not.</summary>
    public StoredReceipt? GetReceipt(Hash256 entryId)
    {
        if (Get(_families.Receipts, entryId) is not { } bytes)
        {
            return null;
        }

        Invariant.Check(StoredReceipt.TryRead(bytes, out StoredReceipt receipt));
        return receipt;
    }

    /// <summary>Keeps acknowledged entries, all or none. The writer for many callers at once is <see cref="MempoolWriter"/>.</summary>
    public void PutWaiting(IReadOnlyList<(Hash256 Id, ReadOnlyMemory<byte> Bytes)> entries, WriteDurability durability = WriteDurability.Synced)
    {
        using WriteBatch batch = new();
        Span<byte> key = stackalloc byte[Hash256.Size];
        foreach ((Hash256 id, ReadOnlyMemory<byte> bytes) in entries)
        {
            id.CopyTo(key);
            batch.Put(_families.Mempool, key, bytes.Span);
        }

        _database.Write(batch, durability);
    }

    /// <summary>The entries that this node has acknowledged and no finalized block holds yet, in order of their ids: read once, at start.</summary>
    public IReadOnlyList<WaitingEntry> ReadWaiting()
    {
        List<WaitingEntry> waiting = [];
        using RocksDbIterator iterator = _database.NewIterator(_families.Mempool);
        for (iterator.SeekToFirst(); iterator.Valid; iterator.Next())
        {
            waiting.Add(new WaitingEntry(new Hash256(iterator.Key), iterator.Value.ToArray()));
        }

        return waiting;
    }

    /// <summary>Drops acknowledged entries that can no longer enter a block (their window passed).</summary>
    public void DeleteWaiting(IEnumerable<Hash256> ids) => DeleteAll(_families.Mempool, ids);

    public void PutAnchor(ulong sequence, ReadOnlySpan<byte> record) => _database.Put(_families.Anchors, NumberKey(stackalloc byte[8], sequence), record);

    public byte[]? GetAnchor(ulong sequence) => _database.Get(_families.Anchors, NumberKey(stackalloc byte[8], sequence));

    /// <summary>The anchor record with the highest sequence.</summary>
    public (ulong Sequence, byte[] Record)? LastAnchor() => Last(_families.Anchors);

    public void PutCheckpoint(Height height, ReadOnlySpan<byte> signed, WriteDurability durability = WriteDurability.Synced) =>
        _database.Put(_families.Checkpoints, NumberKey(stackalloc byte[8], height.Value), signed, durability);

    public byte[]? GetCheckpoint(Height height) => _database.Get(_families.Checkpoints, NumberKey(stackalloc byte[8], height.Value));

    /// <summary>The signed checkpoint of the greatest height.</summary>
    public (Height Height, byte[] Signed)? LastCheckpoint() => Last(_families.Checkpoints) is var (height, signed) ? (new Height(height), signed) : null;

    /// <summary>The first signed checkpoint at or above a height: the one under which a block of that height is anchored.</summary>
    public (Height Height, byte[] Signed)? CheckpointCovering(Height height)
    {
        using RocksDbIterator iterator = _database.NewIterator(_families.Checkpoints);
        iterator.Seek(NumberKey(stackalloc byte[8], height.Value));
        return iterator.Valid ? (new Height(BinaryPrimitives.ReadUInt64BigEndian(iterator.Key)), iterator.Value.ToArray()) : null;
    }

    /// <summary>The signed checkpoints at or above a height, ascending, at most so many.</summary>
    public IReadOnlyList<(Height Height, byte[] Signed)> CheckpointsFrom(Height height, int maximum)
    {
        var found = new List<(Height, byte[])>();
        Span<byte> first = stackalloc byte[8];
        using RocksDbIterator iterator = _database.NewIterator(_families.Checkpoints);
        for (iterator.Seek(NumberKey(first, height.Value)); found.Count < maximum && iterator.Valid; iterator.Next())
        {
            found.Add((new Height(BinaryPrimitives.ReadUInt64BigEndian(iterator.Key)), iterator.Value.ToArray()));
        }

        return found;
    }

    /// <summary>The height of the newest signed checkpoint at or below a height.</summary>
    public Height? CheckpointBelow(Height height)
    {
        using RocksDbIterator iterator = _database.NewIterator(_families.Checkpoints);
        iterator.SeekForPrevious(NumberKey(stackalloc byte[8], height.Value));
        return iterator.Valid ? new Height(BinaryPrimitives.ReadUInt64BigEndian(iterator.Key)) : null;
    }

    /// <summary>Single values by name, such as the genesis hash this store was made for.</summary>
    public byte[]? GetMeta(string name) => _database.Get(_families.Meta, MetaKey(name));

    public void PutMeta(string name, ReadOnlySpan<byte> value, WriteDurability durability = WriteDurability.Synced) =>
        _database.Put(_families.Meta, MetaKey(name), value, durability);

    public void DeleteMeta(string name)
    {
        using WriteBatch batch = new();
        batch.Delete(_families.Meta, MetaKey(name));
        _database.Write(batch);
    }

    /// <summary>Whether there are writes that <see cref="Sync"/> would have to bring to the disk, or that another call of it is just bringing there.</summary>
    public bool HasUnsynced => _database.HasUnsynced;

    /// <summary>Brings every buffered write so far to the disk.</summary>
    public void Sync()
    {
        CrashPoint.Reach(CrashPoint.StoreSync);
        _database.SyncLog();
        CrashPoint.Reach(CrashPoint.StoreSynced);
    }

    /// <summary>Makes a consistent copy of the store in a folder that does not exist yet, by hard links where possible.</summary>
    public void Snapshot(string folder) => _database.Checkpoint(folder);

    public void Dispose() => _database.Dispose();

    /// <summary>
    /// Makes a fetched snapshot the state, and its block the head; everything older goes. The state is written in parts, too much for one atomic write:
    /// <see cref="SnapshotStaging.IsImporting"/> stays set until it is whole, and an import that was interrupted is begun again.
    /// </summary>
    public void ImportSnapshot(SnapshotImport snapshot)
    {
        lock (_commitGate)
        {
            Staging.BeginImport();
            using WriteBatch batch = new();
            foreach (ColumnFamily family in new[] { _families.Blocks, _families.BlockHeights, _families.Batches, _families.BatchBlocks, _families.Loose, _families.Receipts, _families.State })
            {
                batch.DeleteRange(family, [], LastKey);
            }

            _database.Write(batch, WriteDurability.Buffered);
            Staging.CopyTo(_families.State, snapshot.Parts);
            batch.Clear();
            Span<byte> blockKey = stackalloc byte[BlockKeyBytes];
            Span<byte> key = stackalloc byte[Hash256.Size];
            foreach ((Height height, ReadOnlyMemory<byte> header) in snapshot.Headers)
            {
                batch.Put(_families.Blocks, BlockKey(blockKey, height, HeaderPart), header.Span);
                Hash256.Of(header.Span).CopyTo(key);
                batch.Put(_families.BlockHeights, key, blockKey[..8]);
            }

            batch.Put(_families.Blocks, BlockKey(blockKey, snapshot.Head.Height, PayloadPart), snapshot.Payload.Span);
            Span<byte> nodeKey = stackalloc byte[MountainKeyBytes];
            foreach (MountainNode node in snapshot.Mountains)
            {
                node.Hash.CopyTo(key);
                batch.Put(_families.Mountains, MountainKey(nodeKey, node.Level, node.Index), key);
            }

            ArrayBufferWriter<byte> scratch = new(64);
            snapshot.Head.Write(scratch);
            batch.Put(_families.Meta, HeadKey, scratch.WrittenSpan);
            Pruning.Restart(batch, snapshot.Head.Height.Next);
            Staging.EndImport(batch);
            _database.Write(batch);
            Pruning.Restarted(snapshot.Head.Height.Next);
            _head = snapshot.Head;
        }
    }

    private void AddBlock(WriteBatch batch, BlockCommit commit, ArrayBufferWriter<byte> scratch)
    {
        Span<byte> blockKey = stackalloc byte[BlockKeyBytes];
        batch.Put(_families.Blocks, BlockKey(blockKey, commit.Height, HeaderPart), commit.Header.Span);
        batch.Put(_families.Blocks, BlockKey(blockKey, commit.Height, PayloadPart), commit.Payload.Span);
        if (!commit.Finalization.IsEmpty)
        {
            batch.Put(_families.Blocks, BlockKey(blockKey, commit.Height, FinalizationPart), commit.Finalization.Span);
        }

        Span<byte> key = stackalloc byte[Hash256.Size];
        commit.Hash.CopyTo(key);
        batch.Put(_families.BlockHeights, key, blockKey[..8]);
        foreach (StateWrite write in commit.State)
        {
            if (write.Value is { } value)
            {
                batch.Put(_families.State, write.Key.Span, value.Span);
            }
            else
            {
                batch.Delete(_families.State, write.Key.Span);
            }
        }

        foreach (ReceiptWrite receipt in commit.Receipts)
        {
            receipt.EntryId.CopyTo(key);
            scratch.ResetWrittenCount();
            new StoredReceipt(receipt.At ?? commit.Height, receipt.Index, receipt.Code).Write(scratch);
            batch.Put(_families.Receipts, key, scratch.WrittenSpan);
        }

        Span<byte> nodeKey = stackalloc byte[MountainKeyBytes];
        foreach (MountainNode node in commit.Mountains)
        {
            node.Hash.CopyTo(key);
            batch.Put(_families.Mountains, MountainKey(nodeKey, node.Level, node.Index), key);
        }

        foreach (Hash256 id in commit.NoLongerWaiting)
        {
            id.CopyTo(key);
            batch.Delete(_families.Mempool, key);
        }

        foreach (StoredBatch stored in commit.Batches)
        {
            stored.Hash.CopyTo(key);
            batch.Put(_families.Batches, key, stored.Bytes.Span);
        }

        foreach (Hash256 use in commit.Uses)
        {
            use.CopyTo(key);
            batch.Put(_families.BatchBlocks, key, blockKey[..8]);
            batch.Delete(_families.Loose, key);
        }

        // The proposal's content was kept under the block's hash; header and payload are the same bytes.
        commit.Hash.CopyTo(key);
        batch.Delete(_families.Batches, key);
        batch.Delete(_families.Loose, key);
    }

    private void DeleteAll(ColumnFamily family, IEnumerable<Hash256> hashes)
    {
        using WriteBatch batch = new();
        Span<byte> key = stackalloc byte[Hash256.Size];
        foreach (Hash256 hash in hashes)
        {
            hash.CopyTo(key);
            batch.Delete(family, key);
        }

        _database.Write(batch, WriteDurability.Buffered);
    }

    private byte[]? Get(ColumnFamily family, Hash256 hash)
    {
        Span<byte> key = stackalloc byte[Hash256.Size];
        hash.CopyTo(key);
        return _database.Get(family, key);
    }

    private byte[]? GetBlockPart(Height height, byte part) => _database.Get(_families.Blocks, BlockKey(stackalloc byte[BlockKeyBytes], height, part));

    private (ulong Number, byte[] Value)? Last(ColumnFamily family)
    {
        using RocksDbIterator iterator = _database.NewIterator(family);
        iterator.SeekToLast();
        return iterator.Valid ? (BinaryPrimitives.ReadUInt64BigEndian(iterator.Key), iterator.Value.ToArray()) : null;
    }

    private StoreHead? ReadHead()
    {
        if (_database.Get(_families.Meta, HeadKey) is not { } bytes)
        {
            return null;
        }

        Invariant.Check(StoreHead.TryRead(bytes, out StoreHead head));
        return head;
    }

    private static Span<byte> BlockKey(Span<byte> key, Height height, byte part)
    {
        BinaryPrimitives.WriteUInt64BigEndian(key, height.Value);
        key[8] = part;
        return key;
    }

    private static Span<byte> MountainKey(Span<byte> key, int level, ulong index)
    {
        key[0] = checked((byte)level);
        BinaryPrimitives.WriteUInt64BigEndian(key[1..], index);
        return key;
    }

    private static Span<byte> NumberKey(Span<byte> key, ulong number)
    {
        BinaryPrimitives.WriteUInt64BigEndian(key, number);
        return key;
    }

    // A prefix of its own keeps callers' names apart from the store's.
    private static byte[] MetaKey(string name) => System.Text.Encoding.UTF8.GetBytes("user/" + name);
}
