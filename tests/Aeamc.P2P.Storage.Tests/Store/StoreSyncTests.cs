using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Storage.Tests.Store;

/// <summary>Which writes have reached the disk when they return, by the engine's own count of syncs.</summary>
public sealed class StoreSyncTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NodeStore _store;

    public StoreSyncTests() => _store = NodeStore.Open(_folder["db"], new RocksDbOptions { CountsWork = true });

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    private long SyncsOf(Action act)
    {
        long before = _store.LogSyncs;
        act();
        return _store.LogSyncs - before;
    }

    private static BlockCommit Block(ulong height) => new()
    {
        Height = new Height(height),
        Hash = Hash256.Of(BitConverter.GetBytes(height)),
        Header = new byte[] { 1 },
        Payload = new byte[] { 2 },
    };

    [Fact]
    public void What_must_survive_a_power_cut_is_synced_when_it_returns()
    {
        Assert.Equal(1, SyncsOf(() => _store.CommitBlock(Block(1))));
        Assert.Equal(1, SyncsOf(() => _store.PutWaiting([(Hash256.Of([1]), new byte[] { 1 })])));
        Assert.Equal(1, SyncsOf(() => _store.PutMeta("name", [1])));
        Assert.Equal(1, SyncsOf(() => _store.PutCheckpoint(new Height(1), [1])));
    }

    [Fact]
    public void Buffered_writes_are_synced_together()
    {
        Assert.Equal(0, SyncsOf(() =>
        {
            _store.PutBatch(new StoredBatch(Hash256.Of([1]), new byte[] { 1 }));
            _store.CommitBlock(Block(1), WriteDurability.Buffered);
        }));
        Assert.Equal(1, SyncsOf(_store.Sync));
        Assert.Equal(0, SyncsOf(_store.Sync));
        _store.PutFinalization(new Height(1), [1]);
        Assert.Equal(1, SyncsOf(_store.Sync));
    }

    [Fact]
    public async Task What_another_thread_is_just_syncing_still_counts_as_unsynced()
    {
        Assert.False(_store.HasUnsynced);
        for (byte round = 0; round < 100; round++)
        {
            _store.PutBatch(new StoredBatch(Hash256.Of([round]), new byte[] { 1 }));
            Assert.True(_store.HasUnsynced);
            long before = _store.LogSyncs;
            Task syncing = Task.Run(_store.Sync, TestContext.Current.CancellationToken);
            while (_store.HasUnsynced && !syncing.IsCompleted)
            {
                Thread.SpinWait(1);
            }

            Assert.Equal(before + 1, _store.LogSyncs);
            await syncing;
            Assert.False(_store.HasUnsynced);
        }
    }

    [Fact]
    public async Task An_accepted_entry_is_synced_when_its_caller_hears_of_it()
    {
        await using MempoolWriter writer = new(_store);
        long before = _store.LogSyncs;

        await writer.AcceptAsync(Hash256.Of([1]), new byte[] { 1 });
        Assert.True(_store.LogSyncs > before);
    }

    [Fact]
    public void A_store_that_does_not_count_says_so()
    {
        using NodeStore store = NodeStore.Open(_folder["other"]);
        Assert.Throws<InvalidOperationException>(() => store.LogSyncs);
    }
}
