using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Storage.Tests.Store;

public sealed class StorePruningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pruned_blocks_are_gone_with_their_batches_and_receipts()
    {
        using (NodeStore store = Open())
        {
            Fill(store, 10);
            store.Pruning.Prune([Pruned(1), Pruned(2, keepsHeader: true), Pruned(3)]);
        }

        using NodeStore again = Open();
        Assert.Equal(new Height(4), again.First);
        Assert.All(new ulong[] { 1, 2, 3 }, height =>
        {
            Assert.Null(again.GetBlock(new Height(height)));
            Assert.Null(again.GetBatch(BatchOf(height)));
            Assert.Null(again.GetReceipt(EntryOf(height)));
        });
        Assert.NotNull(again.GetHeader(new Height(2)));
        Assert.Null(again.GetHeader(new Height(1)));
        Assert.Null(again.FindBlock(HashOf(1)));
        Assert.NotNull(again.GetBlock(new Height(4)));
        Assert.NotNull(again.GetBatch(BatchOf(4)));
        Assert.NotNull(again.GetReceipt(EntryOf(4)));
        Assert.Equal(new Height(10), again.Head!.Value.Height);
    }

    [Fact]
    public void A_batch_of_two_blocks_goes_with_the_last_one()
    {
        using NodeStore store = Open();
        Fill(store, 5);
        store.CommitBlock(Block(6) with { Uses = [BatchOf(1)] });

        store.Pruning.Prune([Pruned(1), Pruned(2)]);
        Assert.NotNull(store.GetBatch(BatchOf(1)));
        Assert.Null(store.GetBatch(BatchOf(2)));

        store.Pruning.Prune([Pruned(3), Pruned(4), Pruned(5), Pruned(6) with { Uses = [BatchOf(1)] }]);
        Assert.Null(store.GetBatch(BatchOf(1)));
    }

    [Fact]
    public void A_receipt_that_a_later_block_settled_stays()
    {
        using NodeStore store = Open();
        Fill(store, 3);
        store.CommitBlock(Block(4) with { Receipts = [new ReceiptWrite(EntryOf(1), 0, 0)] });
        store.Pruning.Prune([Pruned(1)]);
        Assert.Equal(new Height(4), store.GetReceipt(EntryOf(1))!.Value.Height);
    }

    [Fact]
    public void Blocks_are_pruned_in_order_only()
    {
        using NodeStore store = Open();
        Fill(store, 5);
        Assert.Throws<InvariantException>(() => store.Pruning.Prune([Pruned(2)]));
        Assert.Throws<InvariantException>(() => store.Pruning.Prune([Pruned(1), Pruned(3)]));
        Assert.Equal(new Height(1), store.First);
    }

    [Fact]
    public void Only_batches_that_no_block_holds_are_collected()
    {
        using NodeStore store = Open();
        Hash256 early = Hash256.Of("early"u8), pooled = Hash256.Of("pooled"u8), late = Hash256.Of("late"u8);
        store.PutBatch(new StoredBatch(early, new byte[] { 1 }));
        store.PutBatch(new StoredBatch(pooled, new byte[] { 2 }));
        Fill(store, 10);
        store.PutBatch(new StoredBatch(late, new byte[] { 3 }));

        // Stored again after its block was final, as a peer may send it at any time.
        store.PutBatch(new StoredBatch(BatchOf(3), new byte[] { 3 }));

        Assert.Equal(1, store.Pruning.CollectLoose(new Height(9), hash => hash == pooled, 100));
        Assert.Null(store.GetBatch(early));
        Assert.NotNull(store.GetBatch(pooled));
        Assert.NotNull(store.GetBatch(late));
        Assert.All(Enumerable.Range(1, 10), height => Assert.NotNull(store.GetBatch(BatchOf((ulong)height))));
        Assert.Equal(2, store.Pruning.CollectLoose(new Height(10), _ => false, 100));
        Assert.Equal(0, store.Pruning.CollectLoose(new Height(10), _ => false, 100));
    }

    [Fact]
    public void A_batch_that_came_again_is_as_young_as_its_last_coming()
    {
        using NodeStore store = Open();
        Hash256 batch = Hash256.Of("again"u8);
        store.PutBatch(new StoredBatch(batch, new byte[] { 1 }));
        Fill(store, 5);
        store.PutBatch(new StoredBatch(batch, new byte[] { 1 }));
        Assert.Equal(0, store.Pruning.CollectLoose(new Height(4), _ => false, 100));
        Assert.NotNull(store.GetBatch(batch));
    }

    [Fact]
    public void A_final_blocks_proposal_is_not_kept_twice()
    {
        using NodeStore store = Open();
        store.PutBatch(new StoredBatch(HashOf(1), new byte[] { 1 }));
        Fill(store, 1);
        Assert.Null(store.GetBatch(HashOf(1)));
        Assert.Equal(0, store.Pruning.CollectLoose(new Height(100), _ => false, 100));
    }

    [Fact]
    public void What_was_pruned_gives_its_space_back()
    {
        using NodeStore store = Open();
        var random = new Random(1);
        for (ulong height = 1; height <= 50; height++)
        {
            var bytes = new byte[100_000];
            random.NextBytes(bytes);
            store.CommitBlock(Block(height) with { Uses = [BatchOf(height)], Batches = [new StoredBatch(BatchOf(height), bytes)] });
        }

        long before = store.Pruning.Bytes();
        store.Pruning.Prune([.. Enumerable.Range(1, 40).Select(height => Pruned((ulong)height))]);
        store.Pruning.Compact();

        Assert.InRange(before, 5_000_000, 8_000_000);
        Assert.InRange(store.Pruning.Bytes(), 1_000_000, 2_000_000);
    }

    private NodeStore Open() => NodeStore.Open(_folder["db"]);

    private static void Fill(NodeStore store, ulong blocks)
    {
        for (ulong height = 1; height <= blocks; height++)
        {
            store.PutBatch(new StoredBatch(BatchOf(height), new byte[] { (byte)height }));
            store.CommitBlock(Block(height) with { Uses = [BatchOf(height)], Receipts = [new ReceiptWrite(EntryOf(height), 0, 0)] });
        }
    }

    private static PrunedBlock Pruned(ulong height, bool keepsHeader = false) => new(new Height(height), HashOf(height), [BatchOf(height)], [EntryOf(height)], keepsHeader);

    private static Hash256 HashOf(ulong height) => Hash256.Of(BitConverter.GetBytes(height));

    private static Hash256 BatchOf(ulong height) => Hash256.Of(BitConverter.GetBytes(height + 1_000_000));

    private static Hash256 EntryOf(ulong height) => Hash256.Of(BitConverter.GetBytes(height + 2_000_000));

    private static BlockCommit Block(ulong height) => new()
    {
        Height = new Height(height),
        Hash = HashOf(height),
        Header = new byte[] { (byte)height, 1 },
        Payload = new byte[] { (byte)height, 2 },
    };
}
