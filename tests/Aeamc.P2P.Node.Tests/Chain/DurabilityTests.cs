using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Node.Evidence;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Chain;

/// <summary>What is on the disk, by the engine's own count of syncs, before the core or anybody else is told.</summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();

    public void Dispose()
    {
        _committee.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Content_and_batches_of_what_was_proposed_or_found_valid_are_on_the_disk_when_the_loop_has_asked_for_it()
    {
        using ChainHarness leader = new(_committee, _committee.LeaderOf(1), _folder["leader"]), follower = new(_committee, _committee.LeaderOf(2), _folder["follower"]);
        Batch batch = _committee.Batch(0, 1, _committee.Registration("device"));
        leader.TakeAndVerify(batch);
        follower.TakeAndVerify(batch);
        (long built, long voted) = (leader.Store.LogSyncs, follower.Store.LogSyncs);

        (BlockRef Ref, BlockContent Content) block = leader.Build(1, _committee.GenesisBlock);
        leader.SyncContents();
        Assert.True(leader.Store.LogSyncs > built);
        Assert.NotNull(leader.Store.GetBatch(block.Content.Hash));
        Assert.NotNull(leader.Store.GetBatch(batch.Hash));

        follower.Verify(block, _committee.GenesisBlock);
        Assert.True(follower.Expect<Input.ProposalVerified>().Valid);
        follower.SyncContents();
        Assert.True(follower.Store.LogSyncs > voted);
        Assert.NotNull(follower.Store.GetBatch(block.Content.Hash));
        Assert.NotNull(follower.Store.GetBatch(batch.Hash));
    }

    [Fact]
    public async Task A_final_block_is_synced_before_anybody_is_told()
    {
        using ChainHarness leader = new(_committee, _committee.LeaderOf(1), _folder["leader"], sync: true);
        (BlockRef Ref, BlockContent Content) block = leader.Build(1, _committee.GenesisBlock);
        leader.Certify(block.Ref);
        Assert.True(leader.Expect<Input.CertifyDecided>().Valid);
        long before = leader.Store.LogSyncs, told = 0;
        leader.Committer.Committed += _ => Volatile.Write(ref told, leader.Store.LogSyncs);

        leader.Finalize(block.Ref);
        await leader.SettleAsync();
        await ChainHarness.UntilAsync(() => Volatile.Read(ref told) > 0);

        Assert.True(Volatile.Read(ref told) > before);
    }

    [Fact]
    public void Evidence_is_synced_before_it_is_reported()
    {
        using NodeStore store = NodeStore.Open(_folder["store"], new RocksDbOptions { CountsWork = true });
        var pool = new EvidencePool(_committee.Context, store, _committee.Verifier);
        long before = store.LogSyncs;

        Assert.True(pool.Add(_committee.Equivocation(2), _committee.Genesis.Genesis()));
        Assert.True(store.LogSyncs > before);
    }
}
