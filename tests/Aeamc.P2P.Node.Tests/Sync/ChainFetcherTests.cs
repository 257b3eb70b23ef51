using System.Collections.Concurrent;
using System.Diagnostics;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Sync;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Sync;

public sealed class ChainFetcherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();
    private readonly ConcurrentDictionary<PeerId, FakeHost> _network = [];
    private readonly FakeHost[] _hosts;
    private readonly ChainHarness _chain;
    private readonly ChainFetcher _fetcher;
    private readonly RangeVerifier _ranges;

    public ChainFetcherTests()
    {
        _hosts = [.. _committee.Keys.Select(key => new FakeHost(key.PublicKey, _network, TimeProvider.System))];
        _chain = new ChainHarness(_committee, new NodeIndex(0), _folder["asker"]);
        _ranges = new RangeVerifier(_committee.Context, _committee.Verifier);
        _fetcher = Fetcher(_chain);
    }

    private ChainFetcher Fetcher(ChainHarness chain)
    {
        var sources = new SyncSources(_hosts[0], _committee.Context, (_, _) => { });
        var ranges = new RangeSync(_hosts[0], sources, _ranges, chain.Chain, fault => chain.Fault.TrySetResult(fault), CancellationToken.None);
        return new ChainFetcher(_hosts[0], sources, ranges, chain.Chain, chain.Intake, CancellationToken.None);
    }

    public void Dispose()
    {
        _chain.Dispose();
        _committee.Dispose();
        _folder.Dispose();
    }

    /// <summary>Two linked blocks as a server sends them: the first without its own finalization, the second with it.</summary>
    private async Task<(List<RangeBlock> Blocks, BlockRef[] Refs)> TwoBlocksAsync(ChainHarness? keep = null)
    {
        using ChainHarness one = new(_committee, _committee.LeaderOf(1), _folder["one"]), two = new(_committee, _committee.LeaderOf(2), _folder["two"]);
        Batch batch = _committee.Batch(0, 1, _committee.Registration("device"));
        one.TakeAndVerify(batch);
        two.TakeAndVerify(batch);
        (BlockRef Ref, BlockContent Content) first = one.Build(1, _committee.GenesisBlock);
        two.Verify(first, _committee.GenesisBlock);
        two.Certify(first.Ref);
        two.Expect<Input.CertifyDecided>();
        (BlockRef Ref, BlockContent Content) second = two.Build(2, first.Ref);
        if (keep is not null)
        {
            keep.Intake.Take(batch);
            keep.Verify(first, _committee.GenesisBlock);
            keep.Verify(second, first.Ref);
            keep.Finalize(first.Ref, second.Ref);
            await keep.SettleAsync();
        }

        byte[] finalization = ConsensusMessageCodec.Encode(_committee.Finalization(second.Ref));
        return ([new RangeBlock(first.Content.Encoded, default, [batch.Encoded]), new RangeBlock(second.Content.Encoded, finalization, [])], [first.Ref, second.Ref]);
    }

    [Fact]
    public async Task A_linked_range_closed_by_a_quorum_is_believed()
    {
        (List<RangeBlock> blocks, BlockRef[] refs) = await TwoBlocksAsync();

        Assert.Equal(RangeFault.None, _ranges.Check(new Height(1), blocks, out List<SyncedBlock> synced));

        Assert.Equal(refs.Select(block => block.Hash), synced.Select(block => block.Content.Hash));
        Assert.Null(synced[0].Finalization);
        Assert.Single(synced[0].Entries);
    }

    [Fact]
    public async Task A_range_that_does_not_prove_itself_is_refused()
    {
        (List<RangeBlock> blocks, BlockRef[] refs) = await TwoBlocksAsync();
        byte[] otherBatch = _committee.Batch(0, 2, _committee.Registration("other")).Encoded.ToArray();
        byte[] ofFirst = ConsensusMessageCodec.Encode(_committee.Finalization(refs[0]));
        byte[] notarization = ConsensusMessageCodec.Encode(_committee.Notarization(refs[1]));
        byte[] forged = [.. blocks[1].Finalization.Span];
        forged[^1] ^= 1;
        Assert.True(BlockContent.TryDecode(blocks[1].Content.Span, out BlockContent? second));
        BlockContent unlinked = BlockContent.Create(second.Header with { PreviousHash = Hash256.Of("elsewhere"u8) }, second.Payload);
        (RangeFault Fault, List<RangeBlock> Range)[] bad =
        [
            (RangeFault.NotClosed, [blocks[0]]),
            (RangeFault.WrongHeight, [blocks[1], blocks[0]]),
            (RangeFault.WrongHeight, [blocks[0], blocks[0]]),
            (RangeFault.NotClosed, [blocks[0], blocks[1] with { Finalization = default }]),
            (RangeFault.WrongFinalization, [blocks[0], blocks[1] with { Finalization = ofFirst }]),
            (RangeFault.WrongFinalization, [blocks[0], blocks[1] with { Finalization = notarization }]),
            (RangeFault.WrongFinalization, [blocks[0], blocks[1] with { Finalization = forged }]),
            (RangeFault.WrongFinalization, [blocks[0], blocks[1] with { Finalization = new byte[10] }]),
            (RangeFault.NotLinked, [blocks[0], blocks[1] with { Content = unlinked.Encoded }]),
            (RangeFault.WrongBatches, [blocks[0] with { Batches = [] }, blocks[1]]),
            (RangeFault.WrongBatches, [blocks[0] with { Batches = [otherBatch] }, blocks[1]]),
            (RangeFault.WrongBatches, [blocks[0] with { Batches = [blocks[0].Batches[0], otherBatch] }, blocks[1]]),
            (RangeFault.Malformed, [blocks[0] with { Content = new byte[5] }, blocks[1]]),
        ];

        Assert.All(bad, range => Assert.Equal(range.Fault, _ranges.Check(new Height(1), range.Range, out _)));
        Assert.Equal(RangeFault.WrongHeight, _ranges.Check(new Height(2), blocks, out _));
        Assert.Equal(RangeFault.NotClosed, _ranges.Check(new Height(1), [], out _));
    }

    [Fact]
    public async Task A_real_server_is_caught_up_with_although_others_lie()
    {
        using var ahead = new ChainHarness(_committee, new NodeIndex(2), _folder["ahead"]);
        (List<RangeBlock> blocks, BlockRef[] refs) = await TwoBlocksAsync(ahead);
        Assert.Equal(refs[1].Hash, ahead.Head.Hash);
        _hosts[1].HandleRequests(SyncProtocol.Range, RequestOptions.Default, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(SyncProtocol.EncodeRange([blocks[0]])));
        _ = new ChainServer(_hosts[2], ahead.Store);

        _fetcher.FetchRange(new Height(1), new Height(2), [_committee.Keys[1].PublicKey, _committee.Keys[2].PublicKey]);
        _chain.Finalize(refs[1]);
        await Eventually(() => _chain.Head.Height == new Height(2));

        Assert.Equal(refs[1].Hash, _chain.Head.Hash);
        Assert.Equal(ahead.Head.State.Root, _chain.Head.State.Root);
        Assert.Equal(0, _fetcher.Failures);
    }

    [Fact]
    public async Task Batches_and_blocks_come_from_whoever_has_them_and_nothing_else_is_kept()
    {
        using var ahead = new ChainHarness(_committee, new NodeIndex(2), _folder["ahead"]);
        (List<RangeBlock> blocks, BlockRef[] refs) = await TwoBlocksAsync(ahead);
        _ = new ChainServer(_hosts[2], ahead.Store);
        byte[] unasked = _committee.Batch(0, 9, _committee.Registration("unasked")).Encoded.ToArray();
        _hosts[1].HandleRequests(SyncProtocol.Batches, RequestOptions.Default, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(SyncProtocol.EncodeBlobs([unasked])));
        Hash256 wanted = Hash256.Of(blocks[0].Batches[0].Span);

        _fetcher.FetchBatches([wanted], [_committee.Keys[1].PublicKey]);
        await Eventually(() => _chain.Store.HasBatch(wanted));
        Assert.False(_chain.Store.HasBatch(Hash256.Of(unasked)));

        // The chain has to want the block before it comes, or drops it as one that nobody asked for.
        _chain.Finalize(refs);
        await _chain.SettleAsync();
        _fetcher.FetchBlock(refs[0].Hash, []);
        await Eventually(() => _chain.Head.Hash == refs[0].Hash);
        Assert.Equal(0, _fetcher.Failures);
    }

    [Fact]
    public async Task A_member_that_lacks_a_block_refuses_instead_of_saying_nothing()
    {
        _ = new ChainServer(_hosts[1], _chain.Store);
        RequestResult result = await _hosts[0].RequestAsync(_hosts[1].LocalPeer, SyncProtocol.Block, SyncProtocol.EncodeHashes([Hash256.Of("none"u8)]), TestContext.Current.CancellationToken);
        Assert.Equal(RequestStatus.Refused, result.Status);
    }

    [Fact]
    public async Task When_nobody_has_the_range_the_chain_asks_again_in_its_own_time()
    {
        (_, BlockRef[] refs) = await TwoBlocksAsync();
        using var behind = new ChainHarness(_committee, new NodeIndex(0), _folder["behind"], fetcher: Fetcher);
        var asked = new ConcurrentQueue<long>();
        _hosts[1].HandleRequests(SyncProtocol.Range, RequestOptions.Default, (_, _, _) =>
        {
            asked.Enqueue(Stopwatch.GetTimestamp());
            return ValueTask.FromResult<ReadOnlyMemory<byte>?>(null);
        });

        behind.Finalize(refs[1]);
        await Eventually(() => asked.Count >= 3);

        // Each time a retry interval later, not one after the other without a pause.
        long[] times = [.. asked];
        Assert.True(Stopwatch.GetElapsedTime(times[0], times[2]) > TimeSpan.FromMilliseconds(300));
    }

    private static async Task Eventually(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!condition())
        {
            await look.WaitForNextTickAsync(late.Token);
        }
    }
}
