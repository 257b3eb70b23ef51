using System.Buffers;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Storage.Tests.Store;

public sealed class NodeStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_committed_block_is_there_whole_after_reopening()
    {
        Hash256 entry = Hash256.Of([9]);
        Hash256 batch = Hash256.Of([8]);
        using (NodeStore store = Open())
        {
            Assert.Null(store.Head);
            store.PutWaiting([(entry, new byte[] { 5 })]);
            store.CommitBlock(Block(0));
            store.CommitBlock(Block(1) with
            {
                Finalization = new byte[] { 7 },
                State = [new("a"u8.ToArray(), "1"u8.ToArray()), new("b"u8.ToArray(), "2"u8.ToArray())],
                Receipts = [new(entry, 3, 12)],
                NoLongerWaiting = [entry],
                Batches = [new(batch, new byte[] { 4, 4 })],
            });
        }

        using NodeStore again = Open();
        Assert.Equal(new StoreHead(new Height(1), HashOf(1)), again.Head);
        StoredBlock block = again.GetBlock(new Height(1))!;
        Assert.Equal([1, 1], block.Header);
        Assert.Equal([1, 2], block.Payload);
        Assert.Equal([7], block.Finalization);
        Assert.Empty(again.GetBlock(new Height(0))!.Finalization);
        Assert.Equal(new Height(1), again.FindBlock(HashOf(1)));
        Assert.Null(again.FindBlock(HashOf(2)));
        Assert.Null(again.GetBlock(new Height(2)));
        Assert.Equal("2"u8.ToArray(), again.GetState("b"u8));
        Assert.Equal(new StoredReceipt(new Height(1), 3, 12), again.GetReceipt(entry));
        Assert.Null(again.GetReceipt(batch));
        Assert.Equal([4, 4], again.GetBatch(batch));
        Assert.Empty(again.ReadWaiting());
    }

    [Fact]
    public void State_is_visited_in_key_order_without_what_was_removed()
    {
        using NodeStore store = Open();
        store.CommitBlock(Block(0) with { State = [Write("c", "3"), Write("a", "1"), Write("b", "2")] });
        store.CommitBlock(Block(1) with { State = [new("b"u8.ToArray(), null), Write("c", "4")] });
        List<string> seen = [];
        store.VisitState((key, value) => seen.Add($"{(char)key[0]}{(char)value[0]}"));
        Assert.Equal(["a1", "c4"], seen);
        Assert.Null(store.GetState("b"u8));
    }

    [Fact]
    public void A_null_array_removes_a_key_and_does_not_empty_it()
    {
        // What the ledger hands over: byte[] that is null for a deletion.
        byte[]? gone = null;
        using NodeStore store = Open();
        store.CommitBlock(Block(0) with { State = [Write("a", "1"), Write("b", "2")] });
        store.CommitBlock(Block(1) with { State = [new StateWrite("a"u8.ToArray(), gone)] });
        Assert.Null(store.GetState("a"u8));
        Assert.NotNull(store.GetState("b"u8));
    }

    [Fact]
    public void Blocks_are_committed_together_or_not_at_all_and_never_with_a_gap()
    {
        using NodeStore store = Open();
        store.CommitBlocks([Block(10), Block(11)]);
        Assert.Throws<InvariantException>(() => store.CommitBlocks([Block(12), Block(14)]));
        Assert.Throws<InvariantException>(() => store.CommitBlock(Block(11)));
        Assert.Equal(new Height(11), store.Head!.Value.Height);
        Assert.Null(store.GetHeader(new Height(12)));
        store.CommitBlocks([]);
        store.CommitBlock(Block(12), WriteDurability.Buffered);
        store.Sync();
        Assert.Equal(new Height(12), store.Head!.Value.Height);
    }

    [Fact]
    public void A_finalization_may_come_later()
    {
        using NodeStore store = Open();
        store.CommitBlock(Block(0));
        store.PutFinalization(Height.Zero, [1, 2]);
        Assert.Equal([1, 2], store.GetFinalization(Height.Zero));
    }

    [Fact]
    public void Acknowledged_entries_wait_until_they_are_settled_or_dropped()
    {
        Hash256[] ids = [.. Enumerable.Range(0, 3).Select(i => Hash256.Of([(byte)i]))];
        using (NodeStore store = Open())
        {
            store.PutWaiting([.. ids.Select((id, i) => (id, (ReadOnlyMemory<byte>)new byte[] { (byte)i }))]);
            store.CommitBlock(Block(0) with { NoLongerWaiting = [ids[0]] });
            store.DeleteWaiting([ids[1]]);
        }

        using NodeStore again = Open();
        WaitingEntry left = Assert.Single(again.ReadWaiting());
        Assert.Equal(ids[2], left.Id);
        Assert.Equal([2], left.Bytes);
    }

    [Fact]
    public void Batches_come_and_go_on_their_own()
    {
        Hash256 hash = Hash256.Of([1]);
        using NodeStore store = Open();
        store.PutBatch(new StoredBatch(hash, new byte[] { 1 }));
        Assert.True(store.HasBatch(hash));
        Assert.Equal(1, store.Pruning.CollectLoose(Height.Zero, _ => false, 10));
        Assert.False(store.HasBatch(hash));
        Assert.Null(store.GetBatch(hash));
    }

    [Fact]
    public void The_last_anchor_and_the_covering_checkpoint_are_found_by_number()
    {
        using NodeStore store = Open();
        Assert.Null(store.LastAnchor());
        Assert.Null(store.LastCheckpoint());
        foreach (ulong number in (ulong[])[1, 255, 256, 70_000])
        {
            store.PutAnchor(number, [unchecked((byte)number)]);
            store.PutCheckpoint(new Height(number), [unchecked((byte)number)]);
        }

        Assert.Equal(70_000UL, store.LastAnchor()!.Value.Sequence);
        Assert.Equal([255], store.GetAnchor(255));
        Assert.Equal(new Height(70_000), store.LastCheckpoint()!.Value.Height);
        Assert.Equal(new Height(256), store.CheckpointCovering(new Height(256))!.Value.Height);
        Assert.Equal(new Height(70_000), store.CheckpointCovering(new Height(257))!.Value.Height);
        Assert.Null(store.CheckpointCovering(new Height(70_001)));
        Assert.Equal([1], store.GetCheckpoint(new Height(1)));
    }

    [Fact]
    public void A_snapshot_opens_as_a_store_of_that_moment()
    {
        using NodeStore store = Open();
        store.CommitBlock(Block(0));
        store.PutMeta("genesis", [1]);
        store.Snapshot(_folder["copy"]);
        store.CommitBlock(Block(1));
        using NodeStore copy = NodeStore.Open(_folder["copy"]);
        Assert.Equal(Height.Zero, copy.Head!.Value.Height);
        Assert.Equal([1], copy.GetMeta("genesis"));
        Assert.Null(copy.GetMeta("head"));
    }

    [Theory]
    [InlineData("00000004", "newer")]
    [InlineData("00000001", "needs format 3")]
    [InlineData("00000002", "needs format 3")]
    [InlineData("07", "no readable format mark")]
    public void A_store_of_an_unknown_format_is_refused(string mark, string reason)
    {
        Open().Dispose();
        using (var raw = RocksDb.Open(new RocksDbOptions(), _folder["db"], StoreFamilies.All))
        {
            raw.Put(raw.Family("meta"), "format"u8, Convert.FromHexString(mark));
        }

        StorageException refused = Assert.Throws<StorageException>(() => Open());
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains(_folder["db"], refused.Message, StringComparison.Ordinal);

        // The refusal let go of the database.
        RocksDb.Open(new RocksDbOptions(), _folder["db"], StoreFamilies.All).Dispose();
    }

    [Fact]
    public void The_values_bytes_are_frozen()
    {
        ArrayBufferWriter<byte> output = new();
        new StoredReceipt(new Height(300), 70_000, 12).Write(output);
        Assert.Equal("93CD012CCE000111700C", Convert.ToHexString(output.WrittenSpan));
        output.ResetWrittenCount();
        new StoreHead(new Height(1), Hash256.Zero).Write(output);
        Assert.Equal("9201C420" + new string('0', 64), Convert.ToHexString(output.WrittenSpan));
        Assert.False(StoreHead.TryRead([.. output.WrittenSpan, 0], out _));
        Assert.False(StoredReceipt.TryRead(output.WrittenSpan, out _));
    }

    private NodeStore Open() => NodeStore.Open(_folder["db"]);

    private static Hash256 HashOf(ulong height) => Hash256.Of(BitConverter.GetBytes(height));

    private static StateWrite Write(string key, string value) => new(System.Text.Encoding.ASCII.GetBytes(key), System.Text.Encoding.ASCII.GetBytes(value));

    private static BlockCommit Block(ulong height) => new()
    {
        Height = new Height(height),
        Hash = HashOf(height),
        Header = new byte[] { (byte)height, 1 },
        Payload = new byte[] { (byte)height, 2 },
    };
}
