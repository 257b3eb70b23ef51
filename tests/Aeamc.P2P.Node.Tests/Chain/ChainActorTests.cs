using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Chain;

public sealed class ChainActorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();

    public void Dispose()
    {
        _committee.Dispose();
        _folder.Dispose();
    }

    private ChainHarness Leader(ulong view = 1, string? name = null) => new(_committee, _committee.LeaderOf(view), _folder[name ?? $"leader-{view}"]);

    private ChainHarness Follower(string name = "follower") =>
        new(_committee, new NodeIndex((ushort)((_committee.LeaderOf(1).Value + 1) % 4)), _folder[name]);

    private SyncedBlock Synced((BlockRef Ref, BlockContent Content) block, bool finalized, params Batch[] batches) => new(
        block.Content,
        batches,
        [.. batches.SelectMany(batch => BatchEntries.Decode(_committee.Context, batch)!)],
        finalized ? _committee.Finalization(block.Ref) : null);

    [Fact]
    public async Task A_block_is_built_verified_certified_and_finalized_alike_on_leader_and_follower()
    {
        using ChainHarness leader = Leader(), follower = Follower();
        LedgerEntry entry = _committee.Registration("device");
        Batch batch = _committee.Batch(0, 1, entry);
        leader.TakeAndVerify(batch);
        follower.TakeAndVerify(batch);
        follower.Waiting.TryAdd(_committee.IdOf(entry), batch.Entries[0], 0, Height.Zero);

        (BlockRef Ref, BlockContent Content) block = leader.Build(1, _committee.GenesisBlock);
        Assert.False(leader.Expect<Input.WorkWaiting>().Any);
        await follower.CommitAsync(block, _committee.GenesisBlock);
        leader.Certify(block.Ref);
        Assert.True(leader.Expect<Input.CertifyDecided>().Valid);
        leader.Finalize(block.Ref);
        await leader.SettleAsync();

        Assert.Equal(leader.Head.State.Root, follower.Head.State.Root);
        Assert.Equal(new Height(1), follower.Head.Height);
        Assert.True(follower.Head.State.TryGetDevice(TestCommittee.DeviceOf("device"), out _));
        StoredReceipt receipt = Assert.NotNull(follower.Store.GetReceipt(_committee.IdOf(entry)));
        Assert.Equal((new Height(1), (ushort)RefusalCode.None), (receipt.Height, receipt.Code));
        Assert.Equal(0, follower.Waiting.Count);
        Assert.Single(follower.Committed);
    }

    [Fact]
    public async Task A_missing_batch_is_asked_of_the_leader_and_the_proposal_waits_for_it()
    {
        using ChainHarness leader = Leader(), follower = Follower();
        Batch batch = _committee.Batch(0, 1, _committee.Registration("device"));
        leader.TakeAndVerify(batch);
        (BlockRef Ref, BlockContent Content) block = leader.Build(1, _committee.GenesisBlock);

        follower.Verify(block, _committee.GenesisBlock);
        await follower.SettleAsync();

        Assert.False(follower.Has<Input.ProposalVerified>());
        Assert.True(follower.Fetcher.Batches.TryPeek(out var asked));
        Assert.Equal([batch.Hash], asked.Hashes);
        Assert.Equal([_committee.Context.Committee[_committee.LeaderOf(1)]], asked.Likely);
        Assert.True(follower.Intake.Take(batch.Encoded));
        Assert.True(follower.Expect<Input.ProposalVerified>().Valid);
    }

    [Fact]
    public async Task A_batch_that_only_the_store_has_is_taken_from_there()
    {
        using ChainHarness leader = Leader(), follower = Follower();
        Batch batch = _committee.Batch(0, 1, _committee.Registration("device"));
        leader.TakeAndVerify(batch);
        follower.Store.PutBatch(new StoredBatch(batch.Hash, batch.Encoded));

        await follower.CommitAsync(leader.Build(1, _committee.GenesisBlock), _committee.GenesisBlock);

        Assert.Empty(follower.Fetcher.Batches);
    }

    [Fact]
    public async Task A_batch_taken_again_after_its_block_gets_a_verdict_again()
    {
        using ChainHarness leader = Leader(), follower = Follower();
        Batch batch = _committee.Batch(0, 1, _committee.Registration("device"));
        leader.TakeAndVerify(batch);
        follower.TakeAndVerify(batch);
        (BlockRef Ref, BlockContent Content) block = leader.Build(1, _committee.GenesisBlock);
        follower.Intake.Take(batch);
        await follower.CommitAsync(block, _committee.GenesisBlock);

        follower.Intake.Take(batch);
        await follower.SettleAsync();
        Assert.Equal(new Height(1), follower.Head.Height);
    }

    [Fact]
    public void A_batch_with_a_wrongly_signed_entry_makes_its_block_invalid()
    {
        using ChainHarness follower = Follower();
        LedgerEntry bad = _committee.Registration("device", wellSigned: false);
        Batch batch = _committee.Batch(0, 1, bad);
        Assert.True(_committee.Context.Decoder.TryDecode(bad, out DecodedEntry? decoded));
        (BlockRef Ref, BlockContent Content) block = Forge(new PooledBatch(batch, [new BlockEntry(decoded, batch.Author)]));
        follower.Intake.Take(batch);

        // Notarize needs availability and the header only; certify knows the signatures.
        follower.Verify(block, _committee.GenesisBlock);
        Assert.True(follower.Expect<Input.ProposalVerified>().Valid);
        follower.Certify(block.Ref);
        Assert.False(follower.Expect<Input.CertifyDecided>().Valid);
        Assert.Equal(1, follower.Intake.Refused["batch_entry_invalid"]);
    }

    [Fact]
    public void A_batch_with_an_entry_that_does_not_decode_makes_its_block_invalid()
    {
        using ChainHarness follower = Follower();
        Batch batch = _committee.Batch(0, 1, new LedgerEntry(EntryKind.DeviceRegistration, new byte[10]));
        (BlockRef Ref, BlockContent Content) block = Forge(new PooledBatch(batch, []));
        follower.Intake.Take(batch);
        follower.Verify(block, _committee.GenesisBlock);
        follower.Certify(block.Ref);

        Assert.False(follower.Expect<Input.CertifyDecided>().Valid);
    }

    /// <summary>A block with a batch that no honest leader would take.</summary>
    private (BlockRef Ref, BlockContent Content) Forge(PooledBatch batch)
    {
        batch.Verdict = BatchVerdict.Valid;
        var pool = new BatchPool();
        pool.TryAdd(batch);
        NodeIndex self = _committee.LeaderOf(1);
        var builder = new BlockBuilder(
            _committee.Context, _committee.Keys[self.Value], self, new BlockPace(TimeSpan.Zero, TimeSpan.Zero), new ManualTime(TestCommittee.Start + 1));
        builder.Ask(new View(1), _committee.GenesisBlock);
        using var store = NodeStore.Open(_folder["forger"]);
        (ChainBlock genesis, _) = ChainStartup.Load(store, _committee.Genesis, _committee.Context.GenesisHash);
        BlockContent content = builder.TryBuild(genesis, pool, [], out _)!;
        return (_committee.GenesisBlock.Child(content.Hash, new View(1)), content);
    }

    [Fact]
    public void A_header_that_breaks_a_rule_is_not_voted_for_and_counted()
    {
        using ChainHarness leader = Leader(), follower = Follower();
        (BlockRef Ref, BlockContent Content) good = leader.Build(1, _committee.GenesisBlock);
        var late = BlockContent.Create(good.Content.Header with { Timestamp = new Timestamp(TestCommittee.Start + 3_000) }, good.Content.Payload);
        var wrong = BlockContent.Create(good.Content.Header with { StateRoot = Hash256.Of("wrong"u8) }, good.Content.Payload);

        foreach (BlockContent content in (BlockContent[])[late, wrong])
        {
            follower.Verify((_committee.GenesisBlock.Child(content.Hash, new View(1)), content), _committee.GenesisBlock);
            Assert.False(follower.Expect<Input.ProposalVerified>().Valid);
        }

        Assert.Equal(1, follower.Committer.RejectedProposals["timestamp_ahead"]);
        Assert.Equal(1, follower.Committer.RejectedProposals["wrong_state_root"]);

        // Nor does it become valid because others notarized it.
        follower.Certify(_committee.GenesisBlock.Child(wrong.Hash, new View(1)));
        Assert.False(follower.Expect<Input.CertifyDecided>().Valid);
    }

    [Fact]
    public void A_beacon_that_its_leader_did_not_prove_makes_its_block_invalid()
    {
        using ChainHarness leader = Leader(), follower = Follower();
        (BlockRef Ref, BlockContent Content) good = leader.Build(1, _committee.GenesisBlock);
        var content = BlockContent.Create(good.Content.Header with { Beacon = BeaconProof.None }, good.Content.Payload);
        (BlockRef Ref, BlockContent Content) forged = (_committee.GenesisBlock.Child(content.Hash, new View(1)), content);

        // As with the signatures of entries: the vote does not wait for the check, certify does.
        follower.Verify(forged, _committee.GenesisBlock);
        Assert.True(follower.Expect<Input.ProposalVerified>().Valid);
        follower.Certify(forged.Ref);
        Assert.False(follower.Expect<Input.CertifyDecided>().Valid);
    }

    [Fact]
    public void A_batch_that_an_ancestor_holds_is_not_voted_for_again()
    {
        using ChainHarness leader = Leader(), follower = Follower(), next = Leader(2, "next");
        Batch batch = _committee.Batch(0, 1, _committee.Registration("device"));
        leader.TakeAndVerify(batch);
        next.TakeAndVerify(batch);
        follower.TakeAndVerify(batch);
        (BlockRef Ref, BlockContent Content) first = leader.Build(1, _committee.GenesisBlock);
        next.Verify(first, _committee.GenesisBlock);
        next.Certify(first.Ref);
        next.Expect<Input.CertifyDecided>();
        BlockContent honest = next.Build(2, first.Ref).Content;
        var payload = new BlockPayload([batch.Hash]);
        var repeating = BlockContent.Create(honest.Header with { PayloadHash = payload.Hash }, payload);

        follower.Verify(first, _committee.GenesisBlock);
        Assert.True(follower.Expect<Input.ProposalVerified>().Valid);
        follower.Verify((first.Ref.Child(repeating.Hash, new View(2)), repeating), first.Ref);
        Assert.False(follower.Expect<Input.ProposalVerified>().Valid);
        Assert.Equal(1, follower.Committer.RejectedProposals["repeated_batch"]);
    }

    [Fact]
    public void A_block_whose_entries_are_not_those_of_its_header_is_not_certified()
    {
        using ChainHarness leader = Leader(), follower = Follower();
        BlockContent good = leader.Build(1, _committee.GenesisBlock).Content;
        var wrong = BlockContent.Create(good.Header with { EntriesRoot = Hash256.Of("wrong"u8) }, good.Payload);
        BlockRef reference = _committee.GenesisBlock.Child(wrong.Hash, new View(1));

        follower.Verify((reference, wrong), _committee.GenesisBlock);
        Assert.True(follower.Expect<Input.ProposalVerified>().Valid);
        follower.Certify(reference);
        Assert.False(follower.Expect<Input.CertifyDecided>().Valid);
    }

    [Fact]
    public async Task Blocks_that_arrive_out_of_order_are_committed_in_order()
    {
        using ChainHarness leader = Leader(), follower = Follower(), next = Leader(2, "next");
        (BlockRef Ref, BlockContent Content) first = leader.Build(1, _committee.GenesisBlock);
        next.Verify(first, _committee.GenesisBlock);
        next.Certify(first.Ref);
        next.Expect<Input.CertifyDecided>();
        (BlockRef Ref, BlockContent Content) second = next.Build(2, first.Ref);

        // The child's certificate and finality come before the parent's content is known.
        follower.Verify(second, first.Ref);
        follower.Certify(second.Ref);
        follower.Finalize(first.Ref, second.Ref);
        await follower.SettleAsync();
        Assert.Equal(Height.Zero, follower.Head.Height);
        Assert.Contains(first.Ref.Hash, follower.Fetcher.Blocks);

        follower.Chain.BlockFetched(first.Content);
        await follower.SettleAsync();
        Assert.Equal(second.Ref.Hash, follower.Head.Hash);
        Assert.Equal(2, follower.Committed.Count);
        Assert.Empty(follower.Store.GetFinalization(new Height(1)) ?? []);
        Assert.NotEmpty(follower.Store.GetFinalization(new Height(2))!);
    }

    [Fact]
    public async Task A_block_nobody_asked_for_is_not_kept()
    {
        using ChainHarness leader = Leader(), follower = Follower();
        (BlockRef Ref, BlockContent Content) block = leader.Build(1, _committee.GenesisBlock);

        follower.Chain.BlockFetched(block.Content);
        await follower.SettleAsync();

        Assert.False(follower.Store.HasBatch(block.Ref.Hash));
    }

    [Fact]
    public async Task A_gap_before_a_finalization_is_filled_by_a_range()
    {
        using ChainHarness leader = Leader(), follower = Follower(), next = Leader(2, "next");
        LedgerEntry entry = _committee.Registration("device");
        Batch batch = _committee.Batch(0, 1, entry);
        leader.TakeAndVerify(batch);
        next.TakeAndVerify(batch);
        (BlockRef Ref, BlockContent Content) first = leader.Build(1, _committee.GenesisBlock);
        await next.CommitAsync(first, _committee.GenesisBlock);
        (BlockRef Ref, BlockContent Content) second = next.Build(2, first.Ref);

        follower.Finalize(second.Ref);
        await follower.SettleAsync();
        Assert.Equal(new Height(1), follower.Fetcher.Ranges.First());

        await follower.Chain.RangeFetchedAsync([Synced(first, finalized: false, batch), Synced(second, finalized: true)]);
        await follower.SettleAsync();
        Assert.Equal(second.Ref.Hash, follower.Head.Hash);
        Assert.True(follower.Head.State.TryGetDevice(TestCommittee.DeviceOf("device"), out _));
        Assert.True(follower.Store.HasBatch(batch.Hash));

        // A range that comes again, or from elsewhere on the chain, changes nothing.
        await follower.Chain.RangeFetchedAsync([Synced(first, finalized: false, batch), Synced(second, finalized: true)]);
        await follower.SettleAsync();
        Assert.Equal(2, follower.Committed.Count);
        Assert.False(follower.Fault.Task.IsCompleted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_finalized_block_that_breaks_our_rules_stops_the_node(bool state)
    {
        using ChainHarness leader = Leader(), follower = Follower();
        (BlockRef Ref, BlockContent Content) block = leader.Build(1, _committee.GenesisBlock);
        MicroblockHeader good = block.Content.Header;
        var wrong = BlockContent.Create(state ? good with { StateRoot = Hash256.Of("wrong"u8) } : good with { EntriesRoot = Hash256.Of("wrong"u8) }, block.Content.Payload);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower.Chain.RangeFetchedAsync([Synced((block.Ref, wrong), finalized: true)]));

        Assert.IsType<InvariantException>(await follower.Fault.Task);
    }

    [Fact]
    public async Task A_restart_goes_on_from_the_same_head_and_state_root()
    {
        Hash256 root;
        BlockRef first;
        using (ChainHarness leader = Leader())
        {
            leader.TakeAndVerify(_committee.Batch(0, 1, _committee.Registration("device")));
            (BlockRef Ref, BlockContent Content) block = leader.Build(1, _committee.GenesisBlock);
            leader.Certify(block.Ref);
            leader.Finalize(block.Ref);
            await leader.SettleAsync();
            (root, first) = (leader.Head.State.Root, block.Ref);
            Assert.Equal(first.Hash, leader.Head.Hash);
        }

        using ChainHarness again = Leader(), next = Leader(2, "leader-1-copy");
        Assert.Equal((first.Hash, root), (again.Head.Hash, again.Head.State.Root));
        Assert.True(again.Head.State.TryGetDevice(TestCommittee.DeviceOf("device"), out _));

        // What genesis put into the state survived too: the members and the parameters.
        Assert.Equal(_committee.Genesis.Hash(), again.Head.State.Document.Hash());
        Assert.Equal(new NodeIndex(2), again.Head.State.IndexOf(_committee.Keys[2].PublicKey));

        await next.Chain.RangeFetchedAsync([Synced((first, Content(again, 1)), finalized: true, _committee.Batch(0, 1, _committee.Registration("device")))]);
        (BlockRef Ref, BlockContent Content) second = next.Build(2, first);
        await again.CommitAsync(second, first);
        Assert.Equal(second.Ref.Hash, again.Head.Hash);
    }

    [Fact]
    public async Task After_a_restart_a_certified_block_that_is_not_final_is_built_on()
    {
        (BlockRef Ref, BlockContent Content) first, second;
        using (ChainHarness leader = Leader(2))
        {
            using ChainHarness one = Leader();
            leader.TakeAndVerify(_committee.Batch(0, 1, _committee.Registration("device")));
            one.TakeAndVerify(_committee.Batch(0, 1, _committee.Registration("device")));
            first = one.Build(1, _committee.GenesisBlock);
            leader.Verify(first, _committee.GenesisBlock);
            leader.Certify(first.Ref);
            Assert.True(leader.Expect<Input.CertifyDecided>().Valid);
            second = leader.Build(2, first.Ref);
            await leader.SettleAsync();
        }

        // The core remembers both from its log and asks for nothing again: the whole committee may have stopped at once.
        using ChainHarness again = new(_committee, _committee.LeaderOf(3), _folder["leader-2"]);
        (BlockRef Ref, BlockContent Content) third = again.Build(3, second.Ref);

        Assert.Equal(second.Ref.Hash, third.Content.Header.PreviousHash);
        Assert.Empty(again.Fetcher.Blocks);
        Assert.Empty(again.Fetcher.Batches);
    }

    [Fact]
    public async Task A_certified_parent_that_was_lost_is_fetched_for_the_next_proposal()
    {
        using ChainHarness leader = Leader(), follower = Follower(), next = Leader(2, "next");
        (BlockRef Ref, BlockContent Content) first = leader.Build(1, _committee.GenesisBlock);
        next.Verify(first, _committee.GenesisBlock);
        next.Certify(first.Ref);
        next.Expect<Input.CertifyDecided>();
        (BlockRef Ref, BlockContent Content) second = next.Build(2, first.Ref);

        follower.Verify(second, first.Ref);
        await follower.SettleAsync();
        Assert.Contains(first.Ref.Hash, follower.Fetcher.Blocks);

        follower.Chain.BlockFetched(first.Content);
        Assert.True(follower.Expect<Input.ProposalVerified>().Valid);
        Assert.True(follower.Store.HasBatch(first.Ref.Hash));
    }

    [Fact]
    public async Task Finalizations_that_cannot_be_followed_are_not_piled_up()
    {
        using ChainHarness follower = Follower();
        var far = new BlockRef(Hash256.Of("far"u8), new Height(1_000), new View(1_000), Hash256.Of("before"u8), new View(999));
        for (int i = 0; i < 300; i++)
        {
            follower.Finalize(far);
            far = far.Child(Hash256.Of(far.Hash.ToArray()), far.View.Next);
        }


        Assert.Equal(256, await follower.SettleAsync());
        Assert.All(follower.Fetcher.Ranges, from => Assert.Equal(new Height(1), from));
    }

    private static BlockContent Content(ChainHarness chain, ulong height)
    {
        StoredBlock block = chain.Store.GetBlock(new Height(height))!;
        Assert.True(MicroblockHeader.TryDecode(block.Header, out MicroblockHeader? header));
        Assert.True(BlockPayload.TryDecode(block.Payload, out BlockPayload? payload));
        return BlockContent.Create(header, payload);
    }
}
