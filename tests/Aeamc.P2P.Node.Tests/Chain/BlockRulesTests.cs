using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Chain;

public sealed class BlockRulesTests : IDisposable
{
    private readonly TestCommittee _committee = new();
    private readonly ManualTime _time = new(TestCommittee.Start + 5_000);

    public void Dispose() => _committee.Dispose();

    private ChainBlock Genesis()
    {
        LedgerState state = _committee.Genesis.Genesis();
        var nodes = new List<MountainNode>();
        return new ChainBlock(_committee.GenesisBlock, null)
        {
            Timestamp = _committee.Genesis.Start,
            BeaconHash = _committee.Context.GenesisHash,
            Executed = new ExecutedBlock([], null, state, MerkleMountainRange.Empty.Append(_committee.Context.GenesisHash, nodes), nodes),
        };
    }

    private BlockBuilder Builder(BlockPace pace)
    {
        NodeIndex leader = _committee.LeaderOf(1);
        var builder = new BlockBuilder(_committee.Context, _committee.Keys[leader.Value], leader, pace, _time);
        builder.Ask(new View(1), _committee.GenesisBlock);
        return builder;
    }

    private BlockContent BuildEmpty() =>
        Builder(new BlockPace(TimeSpan.Zero, TimeSpan.Zero)).TryBuild(Genesis(), new BatchPool(), [], out _)!;

    [Fact]
    public void What_the_builder_builds_passes_the_rules()
    {
        BlockContent content = BuildEmpty();

        Assert.Equal(HeaderFault.None, BlockRules.Check(_committee.Context, content.Header, Genesis()));
        Assert.Equal(HeaderFault.None, BlockRules.CheckEntries(content.Header, []));
    }

    [Fact]
    public void Every_wrong_field_is_named()
    {
        MicroblockHeader good = BuildEmpty().Header;
        Hash256 wrong = Hash256.Of("wrong"u8);
        var other = new NodeIndex((ushort)((good.Proposer.Value + 1) % 4));
        (HeaderFault Fault, MicroblockHeader Header)[] cases =
        [
            (HeaderFault.WrongPlace, good with { ClusterId = 8 }),
            (HeaderFault.WrongPlace, good with { Epoch = new Epoch(1) }),
            (HeaderFault.WrongPlace, good with { Height = new Height(2) }),
            (HeaderFault.WrongPlace, good with { PreviousHash = wrong }),
            (HeaderFault.WrongPlace, good with { View = View.Zero }),
            (HeaderFault.WrongProposer, good with { Proposer = other }),
            (HeaderFault.TimestampNotAfterParent, good with { Timestamp = _committee.Genesis.Start }),
            (HeaderFault.WrongParameters, good with { ParametersHash = wrong }),
            (HeaderFault.WrongStateRoot, good with { StateRoot = wrong }),
            (HeaderFault.WrongChainRoot, good with { ChainRoot = wrong }),
            (HeaderFault.WrongBeacon, good with { Beacon = BeaconProof.None }),
        ];

        Assert.All(cases, one => Assert.Equal(one.Fault, BlockRules.Check(_committee.Context, one.Header, Genesis())));
        Assert.Equal(HeaderFault.WrongEntries, BlockRules.CheckEntries(good with { EntriesRoot = wrong }, []));
        Assert.Equal(HeaderFault.WrongEntries, BlockRules.CheckEntries(good with { ReceiptCount = 1 }, []));
    }

    [Fact]
    public void Only_the_part_of_the_beacon_that_its_prover_cannot_choose_goes_on()
    {
        MicroblockHeader header = BuildEmpty().Header;
        byte[] proof = header.Beacon.ToArray();
        proof[79] ^= 1;
        Hash256 before = BlockRules.BeaconHashOf(header);

        Assert.Equal(before, BlockRules.BeaconHashOf(header with { Beacon = new BeaconProof(proof) }));
        proof[0] ^= 1;
        Assert.NotEqual(before, BlockRules.BeaconHashOf(header with { Beacon = new BeaconProof(proof) }));
    }

    [Fact]
    public void Without_entries_the_leader_waits_for_the_idle_interval_and_with_entries_for_the_minimum()
    {
        var pool = new BatchPool();
        BlockBuilder builder = Builder(new BlockPace(TimeSpan.FromMilliseconds(5_500), TimeSpan.FromSeconds(6)));

        // Asked again so long before the block is due that its beacon can be proven.
        Assert.Null(builder.TryBuild(Genesis(), pool, [], out TimeSpan idle));
        Assert.Equal(TimeSpan.FromMilliseconds(980), idle);

        LedgerEntry entry = _committee.Registration("device");
        Assert.True(_committee.Context.Decoder.TryDecode(entry, out DecodedEntry? decoded));
        var batch = new PooledBatch(_committee.Batch(0, 1, entry), [new BlockEntry(decoded, _committee.Keys[0].PublicKey)]) { Verdict = BatchVerdict.Pending };
        pool.TryAdd(batch);
        Assert.Null(builder.TryBuild(Genesis(), pool, [], out idle));
        Assert.Equal(TimeSpan.FromMilliseconds(980), idle);

        batch.Verdict = BatchVerdict.Valid;
        Assert.Null(builder.TryBuild(Genesis(), pool, [], out TimeSpan minimum));
        Assert.Equal(TimeSpan.FromMilliseconds(480), minimum);

        _time.Advance(minimum);
        Assert.Null(builder.TryBuild(Genesis(), pool, [], out TimeSpan rest));
        Assert.Equal(TimeSpan.FromMilliseconds(20), rest);

        _time.Advance(rest);
        BlockContent content = builder.TryBuild(Genesis(), pool, [], out _)!;
        Assert.Equal([batch.Batch.Hash], content.Payload.BatchHashes);
        Assert.Equal(TestCommittee.Start + 5_500, content.Header.Timestamp.Milliseconds);
        Assert.Null(builder.Asked);
    }

    [Fact]
    public void Batches_that_an_ancestor_holds_or_that_are_invalid_are_left_out()
    {
        var pool = new BatchPool();
        PooledBatch[] batches = [BatchPoolTests.Batch(1, 10, BatchVerdict.Invalid), BatchPoolTests.Batch(2, 10), BatchPoolTests.Batch(3, 10)];
        Array.ForEach(batches, batch => pool.TryAdd(batch));

        BlockContent content = Builder(new BlockPace(TimeSpan.Zero, TimeSpan.Zero)).TryBuild(Genesis(), pool, [batches[1].Batch.Hash], out _)!;

        Assert.Equal([batches[2].Batch.Hash], content.Payload.BatchHashes);
    }

    [Fact]
    public void A_block_always_fits_into_one_answer_to_a_node_that_catches_up()
    {
        var pool = new BatchPool();
        for (ulong i = 0; i < 200; i++)
        {
            pool.TryAdd(BatchPoolTests.Batch(i, 60_000));
        }

        BlockContent content = Builder(new BlockPace(TimeSpan.Zero, TimeSpan.Zero)).TryBuild(Genesis(), pool, [], out _)!;

        long bytes = pool.InOrder.Where(batch => content.Payload.BatchHashes.Contains(batch.Batch.Hash)).Sum(batch => (long)batch.Batch.Encoded.Length);
        Assert.InRange(bytes, ChainContext.MaximumBatchBytes - 64_000, ChainContext.MaximumBatchBytes);
        Assert.True(SyncProtocol.TargetResponse + ChainContext.MaximumBatchBytes + BlockContent.MaxEncodedSize + SyncProtocol.MaximumFinalization
            < SyncProtocol.MaximumResponse - (16 * 1024));
    }

    [Fact]
    public void A_question_of_a_view_that_has_passed_is_forgotten()
    {
        BlockBuilder builder = Builder(new BlockPace(TimeSpan.Zero, TimeSpan.Zero));

        builder.Withdraw(new View(1));
        Assert.NotNull(builder.Asked);
        builder.Withdraw(new View(2));
        Assert.Null(builder.Asked);
    }
}
