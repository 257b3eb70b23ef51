using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>The database: what is on the disk before a vote, an answer or an announcement depends on it.</summary>
internal static class StoreMutations
{
    private const string Store = "node/Aeamc.P2P.Storage/Store/NodeStore.cs";
    private const string Mempool = "node/Aeamc.P2P.Storage/Store/MempoolWriter.cs";
    private const string Engine = "node/Aeamc.P2P.Native/RocksDb/RocksDb.cs";
    private const string Actor = "node/Aeamc.P2P.Node/Chain/ChainActor.cs";
    private const string Committer = "node/Aeamc.P2P.Node/Chain/ChainCommitter.cs";
    private const string Pool = "node/Aeamc.P2P.Node/Evidence/EvidencePool.cs";
    private static readonly string[] Tests = ["DurabilityTests"];

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Synced("engine-sync", "a synced write is only buffered", new Edit(Engine, "RocksDbNative.SetSync(_synced, 1);", "RocksDbNative.SetSync(_synced, 0);")),
        Synced("engine-flush", "a sync of buffered writes only hands them to the system", new Edit(Engine, "RocksDbNative.FlushWal(_database, 1, &error);", "RocksDbNative.FlushWal(_database, 0, &error);")),
        Synced("engine-unsynced", "a sync does nothing when there is something to sync", new Edit(Engine, "            if (writes == _syncedWrites)\n", "            if (writes != _syncedWrites)\n")),
        Synced("engine-early", "a write counts as synced while the sync is still under way",
            new Edit(Engine, "            byte* error = null;\n            RocksDbNative.FlushWal(_database, 1, &error);", "            Volatile.Write(ref _syncedWrites, writes);\n            byte* error = null;\n            RocksDbNative.FlushWal(_database, 1, &error);")),
        Synced("engine-written", "a buffered write is forgotten by the next sync", new Edit(Engine, "        if (durability == WriteDurability.Buffered)\n", "        if (durability == WriteDurability.Synced)\n")),
        Synced("store-sync", "buffered writes are not synced when asked for", new Edit(Store, "        _database.SyncLog();\n", "")),
        Synced("store-commit", "a block is committed without a sync",
            new Edit(Store, "            _database.Write(batch, durability);\n            CrashPoint.Reach(CrashPoint.StoreCommitted);", "            _database.Write(batch, WriteDurability.Buffered);\n            CrashPoint.Reach(CrashPoint.StoreCommitted);")),
        Synced("store-waiting", "entries are kept without a sync",
            new Edit(Store, "            batch.Put(_families.Mempool, key, bytes.Span);\n        }\n\n        _database.Write(batch, durability);", "            batch.Put(_families.Mempool, key, bytes.Span);\n        }\n\n        _database.Write(batch, WriteDurability.Buffered);")),
        Synced("store-meta", "a single value is kept without a sync", new Edit(Store, "_database.Put(_families.Meta, MetaKey(name), value, durability);", "_database.Put(_families.Meta, MetaKey(name), value, WriteDurability.Buffered);")),
        Synced("mempool-sync", "an entry is acknowledged before it is synced", new Edit(Mempool, "            _store.PutWaiting(entries);", "            _store.PutWaiting(entries, Native.RocksDb.WriteDurability.Buffered);")),
        Node("vote-store", "What a vote means", "does not sync content and batches when asked to before a vote", Tests,
            new Edit(Actor, "IConsensusApplication.SyncContents() => _store.Sync();", "IConsensusApplication.SyncContents() => _ = _store;")),
        Node("propose-store", "What a vote means", "proposes a block whose content is not in the store", Tests,
            new Edit(Actor, "                _store.PutBatch(new StoredBatch(content.Hash, content.Encoded));\n                _inputs.Answer(", "                _inputs.Answer(")),
        Node("verify-store", "What a vote means", "finds a block valid whose content is not in the store", Tests,
            new Edit(Actor, "        Invariant.Check(BlockContent.TryDecode(proposal.Content.Span, out BlockContent? content));\n        _store.PutBatch(new StoredBatch(content.Hash, content.Encoded));\n", "        Invariant.Check(BlockContent.TryDecode(proposal.Content.Span, out BlockContent? content));\n")),
        Node("publish-store", "Dying and coming back", "tells of a final block before it is on the disk", Tests,
            new Edit(Committer, "                if (_sync)\n", "                if (_sync && _closed)\n")),
        Node("pool-synced", "Evidence", "reports evidence before it is on the disk", Tests,
            new Edit(Pool, "_store.PutMeta(KeyOf(evidence.Offender), evidence.Encode());", "_store.PutMeta(KeyOf(evidence.Offender), evidence.Encode(), Native.RocksDb.WriteDurability.Buffered);")),
    ];

    private static Mutation Synced(string id, string removed, Edit edit) => new(id, "Dying and coming back", removed, "Aeamc.P2P.Storage.Tests", ["StoreSyncTests"], [edit]);
}
