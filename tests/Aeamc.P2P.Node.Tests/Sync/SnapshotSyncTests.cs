using System.Collections.Concurrent;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Node.Sync;
using Aeamc.P2P.Node.Sync.Snapshots;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Sync;

/// <summary>An empty node, three members that hand out a state, and what each of them may do wrong. Time is virtual.</summary>
public sealed class SnapshotSyncTests : IAsyncLifetime
{
    private const int Blocks = 260;
    private const int SmallChunk = 600;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    // A checkpoint every hundred blocks.
    private readonly TestCommittee _committee = new(NetworkParameters.Default with { CheckpointIntervalMs = 2_000 });
    private readonly ManualTime _time = new(TestCommittee.Start);
    private readonly ConcurrentDictionary<PeerId, FakeHost> _network = [];
    private readonly ConcurrentQueue<(NodeId Member, string Reason)> _demoted = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly FakeHost[] _hosts;
    private readonly ChainHarness _ahead;
    private readonly List<SyncedBlock> _blocks = [];
    private readonly SnapshotServer[] _servers;
    private readonly SyncSources _sources;

    public SnapshotSyncTests()
    {
        _hosts = [.. _committee.Keys.Select(key => new FakeHost(key.PublicKey, _network, _time))];
        _ahead = new ChainHarness(_committee, new NodeIndex(1), _folder["ahead"]);
        _servers = [.. _hosts[1..].Select(host => new SnapshotServer(host, _ahead.Store, SmallChunk))];
        _sources = new SyncSources(_hosts[0], _committee.Context, (member, reason) => _demoted.Enqueue((member, reason)));
        SnapshotServer.Register(_hosts[0]);
    }

    public async ValueTask InitializeAsync()
    {
        var forged = new ForgedChain(_committee.Context, _committee.Keys, _ahead.Store);
        for (int i = 0; i < Blocks; i++)
        {
            ulong now = TestCommittee.Start + (ulong)(20 * i);
            LedgerEntry[] entries = i switch
            {
                3 or 5 => [Deal(i)],
                _ => [.. Enumerable.Range(0, i % 3).Select(device => _committee.Registration($"device-{i}-{device}", now))],
            };
            _blocks.Add(entries.Length == 0
                ? forged.Next(TimeSpan.FromMilliseconds(20), closed: i % 4 != 1)
                : forged.Next(TimeSpan.FromMilliseconds(20), true, forged.Batch(i % 4, entries)));
        }

        _ahead.Committer.Committed += block => Array.ForEach(_servers, server => server.Follow(block));
        await _ahead.Chain.RangeFetchedAsync(_blocks);
        await _ahead.SettleAsync();
    }

    public ValueTask DisposeAsync()
    {
        _stopping.Cancel();
        Assert.False(_ahead.Fault.Task.IsCompleted);
        _ahead.Dispose();
        _committee.Dispose();
        _folder.Dispose();
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    private LedgerEntry Deal(int i) =>
        new NodeEntrySigner(_committee.Keys[i % 4], _committee.Genesis.NetworkName).Sign(new DkgPost(EntryKind.DkgDeal, 0, [1, 2, 3]));

    private SnapshotSync Sync(NodeStore store, CancellationToken stopping) =>
        new(_hosts[0], _committee.Context, _sources, new FinalizationVerifier(_committee.Verifier), store, stopping);

    private async Task<Height?> RunAsync(SnapshotSync sync)
    {
        Task<Height?> run = sync.RunAsync();
        using var late = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!run.IsCompleted)
        {
            await look.WaitForNextTickAsync(late.Token);
            _time.Advance(TimeSpan.FromMilliseconds(20));
        }

        return await run;
    }

    private async Task<Height?> RunAsync(string name)
    {
        using NodeStore store = NodeStore.Open(_folder[name]);
        return await RunAsync(Sync(store, _stopping.Token));
    }

    /// <summary>The chain as a node has it that starts on a store.</summary>
    private async Task AssertGoesOnAsync(string name, Height from)
    {
        using ChainHarness node = new(_committee, new NodeIndex(0), _folder[name]);
        Assert.Equal(from, node.Head.Height);
        Assert.Equal(_ahead.Store.GetHeader(from), node.Head.Header!.ToArray());
        await node.Chain.RangeFetchedAsync(_blocks);
        await node.SettleAsync();
        Assert.False(node.Fault.Task.IsCompleted);
        AssertSame(_ahead.Head, node.Head);
    }

    private static void AssertSame(FinalizedHead expected, FinalizedHead actual)
    {
        Assert.Equal(expected.Hash, actual.Hash);
        Assert.Equal(expected.State.Root, actual.State.Root);
        Assert.Equal(expected.Mountains.Root, actual.Mountains.Root);
    }

    [Fact]
    public async Task A_new_node_has_the_state_and_goes_on_from_there()
    {
        Height? height = await RunAsync("new");

        Assert.Equal(_servers[0].Newest, height);
        Assert.True(height > new Height(150));
        Assert.All(_hosts[1..], host => Assert.Contains(SnapshotProtocol.Chunk, host.Served));
        Assert.Empty(_demoted);

        // The times of the key generation's messages, by which its phases close, are known; blocks below are not.
        using (NodeStore store = NodeStore.Open(_folder["new"]))
        {
            Height[] deals = [.. _ahead.Head.State.DkgMessages().Select(message => message.Height)];
            Assert.Equal(2, deals.Length);
            Assert.All(deals, deal => Assert.Equal(_ahead.Store.GetHeader(deal), store.GetHeader(deal)));
            Assert.All(deals, deal => Assert.Null(store.GetBlock(deal)));
            Assert.Equal(height!.Value.Next, store.First);
        }

        await AssertGoesOnAsync("new", height!.Value);

        // It hands out in turn what it got, also what proves the old headers.
        using NodeStore grown = NodeStore.Open(_folder["new"]);
        foreach (Height deal in _ahead.Head.State.DkgMessages().Select(message => message.Height))
        {
            Assert.True(MerkleMountainRange.TryProve(grown, deal.Value, _ahead.Head.Mountains.Count, out Hash256[] path));
            Assert.NotNull(new ProvenHeader(grown.GetHeader(deal)!, path).Verify(deal, _ahead.Head.Mountains));
        }
    }

    [Fact]
    public async Task The_state_root_is_the_same_by_every_path()
    {
        // In full.
        using (ChainHarness full = new(_committee, new NodeIndex(0), _folder["full"]))
        {
            await full.Chain.RangeFetchedAsync(_blocks[..130]);
            await full.SettleAsync();
        }

        // After a restart in the middle.
        using (ChainHarness again = new(_committee, new NodeIndex(0), _folder["full"]))
        {
            await again.Chain.RangeFetchedAsync(_blocks);
            await again.SettleAsync();
            AssertSame(_ahead.Head, again.Head);

            // Pruned, and restarted.
            for (ulong height = 1; height <= 200; height++)
            {
                Aeamc.P2P.Consensus.Microblocks.BlockPayload.TryDecode(again.Store.GetPayload(new Height(height))!, out var payload);
                again.Store.Pruning.Prune([new PrunedBlock(new Height(height), Hash256.Of(again.Store.GetHeader(new Height(height))!), payload!.BatchHashes, [], false)]);
            }
        }

        using (ChainHarness pruned = new(_committee, new NodeIndex(0), _folder["full"]))
        {
            AssertSame(_ahead.Head, pruned.Head);
            Assert.Equal(new Height(201), pruned.Store.First);
        }

        // From a snapshot.
        await AssertGoesOnAsync("snapshot", (await RunAsync("snapshot"))!.Value);
    }

    [Fact]
    public async Task A_false_part_is_noticed_and_its_sender_demoted()
    {
        RequestOptions options = new(128, SnapshotProtocol.MaximumChunk, TimeSpan.FromSeconds(10), 8);
        StateTree other = StateTree.Build([([1], [2]), ([3], [4])]);
        _hosts[1].HandleRequests(SnapshotProtocol.Chunk, options, (_, request, _) =>
        {
            Assert.True(SnapshotProtocol.TryDecodeChunkRequest(request.Span, out _, out StatePrefix place));
            return ValueTask.FromResult<ReadOnlyMemory<byte>?>(StateChunk.Read(other, place, SmallChunk).Encode());
        });
        _hosts[2].HandleRequests(SnapshotProtocol.Chunk, options, async (_, _, cancellation) =>
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellation);
            return null;
        });

        Height? height = await RunAsync("new");

        Assert.Equal((_committee.Keys[1].PublicKey, "snapshot_chunk"), Assert.Single(_demoted));
        await AssertGoesOnAsync("new", height!.Value);
    }

    [Fact]
    public async Task A_false_offer_is_noticed_and_its_sender_demoted()
    {
        RequestResult real = await _hosts[0].RequestAsync(PeerId.FromNodeId(_committee.Keys[2].PublicKey), SnapshotProtocol.Offer, SnapshotProtocol.Nothing, _stopping.Token);
        byte[] forged = real.Response.ToArray();

        // In the header after the block: another state root.
        Assert.True(Aeamc.P2P.Consensus.Proofs.SnapshotProof.TryDecode(forged, out var proof));
        forged = (proof with { Following = [proof.Following[0] with { StateRoot = Hash256.Of("mine"u8) }, .. proof.Following.Skip(1)] }).Encode();
        _hosts[1].HandleRequests(SnapshotProtocol.Offer, new RequestOptions(16, 1 << 20, TimeSpan.FromSeconds(10), 2), (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(forged));

        Height? height = await RunAsync("new");

        Assert.Equal((_committee.Keys[1].PublicKey, "snapshot_proof"), Assert.Single(_demoted));
        await AssertGoesOnAsync("new", height!.Value);
    }

    [Fact]
    public async Task What_was_fetched_before_a_restart_is_not_fetched_again()
    {
        int all;
        using (NodeStore whole = NodeStore.Open(_folder["whole"]))
        {
            SnapshotSync sync = Sync(whole, _stopping.Token);
            Assert.NotNull(await RunAsync(sync));
            all = sync.Fetched;
        }

        Assert.True(all > 40, $"{all} parts");
        int served = 0;
        using var crash = new CancellationTokenSource();
        for (int i = 1; i < 4; i++)
        {
            SnapshotServer server = _servers[i - 1];
            FakeHost host = _hosts[i];
            host.HandleRequests(SnapshotProtocol.Chunk, new RequestOptions(128, SnapshotProtocol.MaximumChunk, TimeSpan.FromSeconds(10), 8), (_, request, _) =>
            {
                if (Interlocked.Increment(ref served) > all * 3 / 4)
                {
                    crash.Cancel();
                    return ValueTask.FromResult<ReadOnlyMemory<byte>?>(null);
                }

                return ValueTask.FromResult(server.ServeChunk(request));
            });
        }

        using (NodeStore interrupted = NodeStore.Open(_folder["new"]))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(Sync(interrupted, crash.Token)));
            Assert.Null(interrupted.Head);
        }

        served = int.MinValue;
        using (NodeStore again = NodeStore.Open(_folder["new"]))
        {
            SnapshotSync sync = Sync(again, _stopping.Token);
            Assert.NotNull(await RunAsync(sync));
            Assert.InRange(sync.Fetched, 1, all - (all / 4));
        }

        await AssertGoesOnAsync("new", _servers[0].Newest!.Value);
    }

    [Fact]
    public async Task Members_that_run_and_have_no_snapshot_yet_refuse_and_are_not_called_liars()
    {
        foreach (FakeHost host in _hosts[1..])
        {
            // As after a restart.
            _ = new SnapshotServer(host, _ahead.Store);
        }

        Assert.Null(await RunAsync("new"));
        Assert.Empty(_demoted);
        Assert.Null(_servers[0].ServeChunk(SnapshotProtocol.EncodeChunkRequest(new Height(1), StatePrefix.Root)));
    }

    [Fact]
    public async Task When_members_have_no_snapshot_yet_blocks_are_fetched_instead()
    {
        foreach (FakeHost host in _hosts[1..])
        {
            SnapshotServer.Register(host);
        }

        Assert.Null(await RunAsync("new"));
    }
}
