using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Storage.Tests.Store;

public sealed class SnapshotStagingTests : IDisposable
{
    private static readonly StatePrefix Left = StatePrefix.Root.Child(false);
    private static readonly StatePrefix Right = StatePrefix.Root.Child(true);

    private readonly TemporaryFolder _folder = new();
    private readonly StateTree _tree = Tree(200);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parts_are_still_known_after_reopening()
    {
        using (NodeStore store = Open())
        {
            Put(store, Left);
        }

        using NodeStore again = Open();
        Assert.True(again.Staging.Has(Left, HashAt(Left)));
        Assert.False(again.Staging.Has(Left, Hash256.Zero));
        Assert.False(again.Staging.Has(Right, HashAt(Right)));
        Assert.Equal(EntriesAt(Left).Count, again.Staging.Read([Left]).Count());
    }

    [Fact]
    public void A_part_put_anew_replaces_what_was_below_and_unsettles_what_was_around()
    {
        using NodeStore store = Open();
        Put(store, Left);
        Put(store, Right);
        StatePrefix inner = Left.Child(true);
        store.Staging.Put(inner, Hash256.Of("new"u8), EntriesAt(inner)[1..]);

        Assert.False(store.Staging.Has(Left, HashAt(Left)));
        Assert.True(store.Staging.Has(inner, Hash256.Of("new"u8)));
        Assert.True(store.Staging.Has(Right, HashAt(Right)));
        Assert.Equal(EntriesAt(Left).Count - 1, store.Staging.Read([Left]).Count());

        Put(store, Left);
        Assert.False(store.Staging.Has(inner, Hash256.Of("new"u8)));
        Assert.Equal(_tree.Root, StateTree.Build(store.Staging.Read([Left, Right])).Root);
    }

    [Fact]
    public void An_import_makes_the_parts_the_state_and_drops_what_was_before()
    {
        using NodeStore store = Open();
        store.CommitBlock(new BlockCommit
        {
            Height = new Height(1),
            Hash = Hash256.Of("old"u8),
            Header = new byte[] { 1 },
            Payload = new byte[] { 2 },
            State = [new StateWrite("old"u8.ToArray(), "1"u8.ToArray())],
        });
        Put(store, Left);
        Put(store, Right);
        var head = new StoreHead(new Height(900), Hash256.Of(new byte[] { 9 }));
        store.ImportSnapshot(new SnapshotImport
        {
            Head = head,
            Payload = new byte[] { 4 },
            Headers = [(new Height(900), new byte[] { 9 }), (new Height(899), new byte[] { 8 })],
            Mountains = [new MountainNode(3, 4, Hash256.Of("peak"u8))],
            Parts = [Left, Right],
        });

        Assert.Equal(head, store.Head);
        Assert.Equal(new Height(901), store.First);
        Assert.False(store.Staging.IsImporting);
        Assert.Null(store.GetState("old"u8));
        Assert.Null(store.GetBlock(new Height(1)));
        Assert.Equal(new Height(900), store.FindBlock(head.Hash));
        Assert.NotNull(store.GetHeader(new Height(899)));
        Assert.True(store.TryGet(3, 4, out Hash256 peak));
        Assert.Equal(Hash256.Of("peak"u8), peak);
        var pairs = new List<(byte[], byte[])>();
        store.VisitState((key, value) => pairs.Add((key.ToArray(), value.ToArray())));
        Assert.Equal(_tree.Root, StateTree.Build(pairs).Root);
        Assert.Empty(store.Staging.Read([Left, Right]));
        store.CommitBlock(new BlockCommit { Height = new Height(901), Hash = Hash256.Of("next"u8), Header = new byte[] { 1 }, Payload = new byte[] { 2 } });
    }

    private NodeStore Open() => NodeStore.Open(_folder["db"]);

    private void Put(NodeStore store, StatePrefix prefix) => store.Staging.Put(prefix, HashAt(prefix), EntriesAt(prefix));

    private List<StateEntry> EntriesAt(StatePrefix prefix) => [.. StateChunk.Read(_tree, prefix, int.MaxValue).Entries!];

    private Hash256 HashAt(StatePrefix prefix)
    {
        // The store takes the caller's word for a hash: any name for the place will do.
        return Hash256.Of([(byte)prefix.Depth, prefix.Bits.ToArray()[0]]);
    }

    private static StateTree Tree(int count) => StateTree.Build(Enumerable.Range(0, count).Select(i => (BitConverter.GetBytes(i), new byte[] { 1, (byte)i })));
}
