using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Chain;

/// <summary>A stored chain is walked and believed only when all of it fits; each kind of damage is found at its height.</summary>
public sealed class ChainVerifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();

    public void Dispose()
    {
        _committee.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_sound_chain_is_walked_to_its_end_and_executed()
    {
        await MakeAsync();
        ChainVerification result = Verify();
        Assert.Null(result.Fault);
        Assert.Equal((new Height(1), new Height(3), 3UL, 3UL, 0UL, true), (result.From, result.To, result.Blocks, result.Certificates, result.Unproven, result.Executed));
    }

    [Fact]
    public void A_new_store_is_sound()
    {
        ChainVerification result = Verify();
        Assert.Null(result.Fault);
        Assert.Equal(0UL, result.Blocks);
    }

    public static TheoryData<string> Damages =>
        ["header", "payload", "batch", "batch missing", "certificate", "certificate of another", "state", "state key gone", "index", "receipt", "block missing", "mountains"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Each_damage_is_found_and_named_with_its_height(string damage)
    {
        await MakeAsync();
        byte[] height = [0, 0, 0, 0, 0, 0, 0, 2];
        using (RocksDb database = Raw(out Func<string, ColumnFamily> family))
        {
            switch (damage)
            {
                case "header":
                    Flip(database, family("blocks"), [.. height, 0], 150);
                    break;
                case "payload":
                    Flip(database, family("blocks"), [.. height, 1], 4);
                    break;
                case "certificate":
                    Flip(database, family("blocks"), [.. height, 2], ^5);
                    break;
                case "certificate of another":
                    database.Put(family("blocks"), [.. height, 2], database.Get(family("blocks"), [0, 0, 0, 0, 0, 0, 0, 1, 2])!);
                    break;
                case "batch":
                    Flip(database, family("batches"), BatchOfBlockTwo(database, family), ^5);
                    break;
                case "batch missing":
                    Delete(database, family("batches"), BatchOfBlockTwo(database, family));
                    break;
                case "state":
                    Flip(database, family("state"), FirstKey(database, family("state")), ^1);
                    break;
                case "state key gone":
                    Delete(database, family("state"), LastKey(database, family("state")));
                    break;
                case "index":
                    Delete(database, family("block_heights"), Hash256.Of(database.Get(family("blocks"), [.. height, 0])!).ToArray());
                    break;
                case "receipt":
                    Delete(database, family("receipts"), FirstKey(database, family("receipts")));
                    break;
                case "block missing":
                    Delete(database, family("blocks"), [.. height, 0]);
                    break;
                default:
                    Flip(database, family("mountains"), LastKey(database, family("mountains")), 3);
                    break;
            }
        }

        ChainFault? fault = Verify().Fault;
        Assert.NotNull(fault);
        Assert.Equal(damage is "state" or "state key gone" or "mountains" ? new Height(3) : new Height(2), fault.Height);
        Assert.NotEmpty(fault.What);
    }

    [Fact]
    public async Task A_pruned_store_is_walked_from_its_floor()
    {
        await MakeAsync();
        using (NodeStore store = NodeStore.Open(_folder["store"]))
        {
            store.Pruning.Prune([new PrunedBlock(new Height(1), Hash256.Of(store.GetHeader(new Height(1))!), [], [], KeepsHeader: false)]);
        }

        ChainVerification result = Verify();
        Assert.Null(result.Fault);
        Assert.Equal((new Height(2), new Height(3), 2UL, false), (result.From, result.To, result.Blocks, result.Executed));
    }

    /// <summary>Three blocks, each built by its view's leader; the second one registers a device.</summary>
    private async Task MakeAsync()
    {
        Batch batch = _committee.Batch(0, 1, _committee.Registration("device"));
        using ChainHarness kept = new(_committee, new NodeIndex(0), _folder["store"]);
        kept.Store.PutBatch(new StoredBatch(batch.Hash, batch.Encoded));
        var blocks = new List<((BlockRef Ref, BlockContent Content) Block, BlockRef Parent)>();
        BlockRef parent = _committee.GenesisBlock;
        for (ulong view = 1; view <= 3; view++)
        {
            using ChainHarness leader = new(_committee, _committee.LeaderOf(view), _folder[$"leader-{view}"]);
            leader.Store.PutBatch(new StoredBatch(batch.Hash, batch.Encoded));
            foreach (((BlockRef Ref, BlockContent Content) block, BlockRef before) in blocks)
            {
                await leader.CommitAsync(block, before);
            }

            if (view == 2)
            {
                leader.TakeAndVerify(batch);
            }

            (BlockRef Ref, BlockContent Content) made = leader.Build(view, parent);
            await kept.CommitAsync(made, parent);
            blocks.Add((made, parent));
            parent = made.Ref;
        }
    }

    private ChainVerification Verify()
    {
        using NodeStore store = NodeStore.Open(_folder["store"]);
        ChainBlock genesis = ChainStartup.Genesis(store, _committee.Genesis, _committee.Context.GenesisHash);
        return new ChainVerifier(store, _committee.Context, _committee.Verifier).Verify(genesis);
    }

    private RocksDb Raw(out Func<string, ColumnFamily> family)
    {
        RocksDb database = RocksDb.Open(new RocksDbOptions(), _folder["store"], []);
        family = database.Family;
        return database;
    }

    private static byte[] BatchOfBlockTwo(RocksDb database, Func<string, ColumnFamily> family)
    {
        Assert.True(BlockPayload.TryDecode(database.Get(family("blocks"), [0, 0, 0, 0, 0, 0, 0, 2, 1])!, out BlockPayload? payload));
        return Assert.Single(payload.BatchHashes).ToArray();
    }

    private static byte[] FirstKey(RocksDb database, ColumnFamily family)
    {
        using RocksDbIterator iterator = database.NewIterator(family);
        iterator.SeekToFirst();
        return iterator.Key.ToArray();
    }

    private static byte[] LastKey(RocksDb database, ColumnFamily family)
    {
        using RocksDbIterator iterator = database.NewIterator(family);
        iterator.SeekToLast();
        return iterator.Key.ToArray();
    }

    private static void Flip(RocksDb database, ColumnFamily family, byte[] key, Index at)
    {
        byte[] value = database.Get(family, key)!;
        value[at] ^= 1;
        database.Put(family, key, value);
    }

    private static void Delete(RocksDb database, ColumnFamily family, byte[] key)
    {
        using WriteBatch batch = new();
        batch.Delete(family, key);
        database.Write(batch);
    }
}
