using Aeamc.P2P.Native.RocksDb;

namespace Aeamc.P2P.Storage.Store;

/// <summary>
/// The column families of the node's database. Keys that are numbers are big-endian, so that their order is the numbers' order.
/// </summary>
internal sealed class StoreFamilies(RocksDb database)
{
    /// <summary>(height u64, part u8) -> header (0), payload (1), finalization (2).</summary>
    internal ColumnFamily Blocks { get; } = database.Family("blocks");

    /// <summary>Block hash -> height u64.</summary>
    internal ColumnFamily BlockHeights { get; } = database.Family("block_heights");

    /// <summary>Batch hash -> batch.</summary>
    internal ColumnFamily Batches { get; } = database.Family("batches");

    /// <summary>Batch hash -> height u64 of the last finalized block that holds it.</summary>
    internal ColumnFamily BatchBlocks { get; } = database.Family("batch_blocks");

    /// <summary>Hash of a batch or proposal that no finalized block holds -> height u64 of the head when it came.</summary>
    internal ColumnFamily Loose { get; } = database.Family("loose");

    /// <summary>Parts of a snapshot that is being fetched: <see cref="SnapshotStaging"/>.</summary>
    internal ColumnFamily Staging { get; } = database.Family("staging");

    /// <summary>Ledger key -> value, as of the head.</summary>
    internal ColumnFamily State { get; } = database.Family("state");

    /// <summary>Entry id -> <see cref="StoredReceipt"/>.</summary>
    internal ColumnFamily Receipts { get; } = database.Family("receipts");

    /// <summary>Entry id -> entry: acknowledged, not yet in a finalized block.</summary>
    internal ColumnFamily Mempool { get; } = database.Family("mempool");

    /// <summary>Sequence u64 -> anchor record.</summary>
    internal ColumnFamily Anchors { get; } = database.Family("anchors");

    /// <summary>Height u64 -> signed checkpoint.</summary>
    internal ColumnFamily Checkpoints { get; } = database.Family("checkpoints");

    /// <summary>(level u8, index u64) -> root of a complete subtree of the mountain range over all block hashes.</summary>
    internal ColumnFamily Mountains { get; } = database.Family("mountains");

    /// <summary>Name -> format version, head, and what else there is one of.</summary>
    internal ColumnFamily Meta { get; } = database.Family("meta");

    /// <summary>All of them, as opened.</summary>
    internal IReadOnlyList<ColumnFamily> Every { get; } = [.. All.Select(options => database.Family(options.Name))];

    internal static IReadOnlyList<ColumnFamilyOptions> All { get; } =
    [
        new("blocks") { BloomBitsPerKey = 0 },
        new("block_heights") { WriteBufferBytes = 2 << 20 },
        new("batches"),
        new("batch_blocks") { WriteBufferBytes = 2 << 20 },
        new("loose") { WriteBufferBytes = 1 << 20, BloomBitsPerKey = 0 },
        new("staging") { BloomBitsPerKey = 0 },
        new("state"),
        new("receipts"),
        new("mempool"),
        new("anchors") { WriteBufferBytes = 1 << 20, BloomBitsPerKey = 0 },
        new("checkpoints") { WriteBufferBytes = 1 << 20, BloomBitsPerKey = 0 },
        new("mountains") { WriteBufferBytes = 1 << 20, BloomBitsPerKey = 0 },
        new("meta") { WriteBufferBytes = 1 << 20, BloomBitsPerKey = 0 },
    ];
}
