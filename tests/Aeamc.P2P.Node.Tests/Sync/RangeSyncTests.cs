using System.Collections.Concurrent;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Sync;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Sync;

/// <summary>A node far behind, three members with real stores, and what each of them may do wrong. Time is virtual.</summary>
public sealed class RangeSyncTests : IAsyncLifetime
{
    private const int Blocks = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();
    private readonly ManualTime _time = new(TestCommittee.Start);
    private readonly ConcurrentDictionary<PeerId, FakeHost> _network = [];
    private readonly ConcurrentQueue<(NodeId Member, string Reason)> _demoted = [];
    private readonly ConcurrentQueue<Exception> _faults = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly FakeHost[] _hosts;
    private readonly ChainHarness _ahead;
    private readonly List<SyncedBlock> _blocks = [];
    private readonly SyncSources _sources;

    public RangeSyncTests()
    {
        _hosts = [.. _committee.Keys.Select(key => new FakeHost(key.PublicKey, _network, _time))];
        _ahead = new ChainHarness(_committee, new NodeIndex(1), _folder["ahead"]);
        _sources = new SyncSources(_hosts[0], _committee.Context, (member, reason) => _demoted.Enqueue((member, reason)));
    }

    public async ValueTask InitializeAsync()
    {
        var forged = new ForgedChain(_committee.Context, _committee.Keys, _ahead.Store);
        for (int i = 0; i < Blocks; i++)
        {
            // Some blocks are final through a descendant only, and a few carry something.
            _blocks.Add(i % 50 == 7
                ? forged.Next(TimeSpan.FromMilliseconds(20), true, forged.Batch(i % 4, _committee.Registration($"device-{i}", TestCommittee.Start + (ulong)(20 * i))))
                : forged.Next(TimeSpan.FromMilliseconds(20), closed: i % 3 != 1));
        }

        await _ahead.Chain.RangeFetchedAsync(_blocks);
        for (int i = 1; i < 4; i++)
        {
            _ = new ChainServer(_hosts[i], _ahead.Store);
        }
    }

    public ValueTask DisposeAsync()
    {
        _stopping.Cancel();
        Assert.Empty(_faults);
        _ahead.Dispose();
        _committee.Dispose();
        _folder.Dispose();
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    private RangeSync Sync(ChainHarness chain) =>
        new(_hosts[0], _sources, new RangeVerifier(_committee.Context, _committee.Verifier), chain.Chain, _faults.Enqueue, _stopping.Token);

    private ChainHarness Behind(string name = "behind") => new(_committee, new NodeIndex(0), _folder[name]);

    private void Serve(int member, RequestHandler handler) =>
        _hosts[member].HandleRequests(SyncProtocol.Range, new RequestOptions(64, SyncProtocol.MaximumResponse, TimeSpan.FromSeconds(10), 8), handler);

    private void Answer(int member, Func<Height, int, byte[]?> answer) => Serve(member, (_, request, _) =>
    {
        Assert.True(SyncProtocol.TryDecodeRangeRequest(request.Span, out Height from, out int count));
        return ValueTask.FromResult<ReadOnlyMemory<byte>?>(answer(from, count));
    });

    private async Task CatchUpAsync(ChainHarness behind, ulong from = 1)
    {
        RangeSync sync = Sync(behind);
        var done = new TaskCompletionSource<Height>(TaskCreationOptions.RunContinuationsAsynchronously);
        sync.Finished += height => done.TrySetResult(height);
        sync.Start(new Height(from), new Height(Blocks), []);
        await AdvanceUntilAsync(done.Task);
        await behind.SettleAsync();
        Assert.False(sync.IsRunning);
        AssertSameAsAhead(behind);
    }

    /// <summary>Lets virtual time pass in small steps while real work goes on beside it.</summary>
    private async Task AdvanceUntilAsync(Task done)
    {
        using var late = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!done.IsCompleted)
        {
            await look.WaitForNextTickAsync(late.Token);
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        await done;
    }

    private void AssertSameAsAhead(ChainHarness behind)
    {
        Assert.Equal(_ahead.Head.Hash, behind.Head.Hash);
        Assert.Equal(_ahead.Head.State.Root, behind.Head.State.Root);
        Assert.Equal(_ahead.Head.Mountains.Root, behind.Head.Mountains.Root);
        for (ulong height = 1; height <= Blocks; height++)
        {
            Assert.Equal(_ahead.Store.GetHeader(new Height(height)), behind.Store.GetHeader(new Height(height)));
            Assert.Equal(_ahead.Store.GetFinalization(new Height(height)), behind.Store.GetFinalization(new Height(height)));
        }
    }

    [Fact]
    public async Task Pieces_come_from_all_members_at_once()
    {
        using ChainHarness behind = Behind();

        await CatchUpAsync(behind);

        Assert.All(_hosts[1..], host => Assert.Contains(SyncProtocol.Range, host.Served));
        Assert.Empty(_demoted);
        SyncedBlock carrying = _blocks.First(block => block.Batches.Count > 0);
        Assert.Equal(carrying.Batches[0].Encoded.ToArray(), behind.Store.GetBatch(carrying.Batches[0].Hash));
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "garbage", "range_Malformed" },
        { "another range", "range_WrongHeight" },
        { "a block left out", "range_WrongHeight" },
        { "a certificate of another block", "range_WrongFinalization" },
        { "a certificate with a bit flipped", "range_WrongFinalization" },
        { "no certificate", "range_NotClosed" },
        { "a batch exchanged", "range_WrongBatches" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_liar_is_demoted_by_name_and_replaced(string lie, string reason)
    {
        using ChainHarness behind = Behind();
        Answer(1, (from, count) => Lie(lie, from, count));

        await CatchUpAsync(behind);

        Assert.Equal((_committee.Keys[1].PublicKey, reason), Assert.Single(_demoted));
        Assert.Equal([_committee.Keys[1].PublicKey], _sources.Demoted);

        // It had two requests when it was found out, and got no third.
        Assert.InRange(_hosts[1].Served.Count, 1, 2);
        Assert.InRange(_sources.Lies[reason], 1, 2);
    }

    private List<RangeBlock> Truth(Height from, int count)
    {
        // As far as asked for, and on to a block that closes it.
        int first = (int)from.Value - 1;
        int end = Math.Min(Blocks, first + count);
        end += _blocks[(end - 1)..].FindIndex(block => block.Finalization is not null);
        return [.. _blocks[first..end].Select(ForgedChain.OnTheWire)];
    }

    private byte[] Lie(string lie, Height from, int count)
    {
        List<RangeBlock> range = Truth(from, count);
        switch (lie)
        {
            case "garbage":
                return [1, 2, 3];
            case "another range":
                return SyncProtocol.EncodeRange(range[1..]);
            case "a block left out":
                range.RemoveAt(1);
                break;
            case "a certificate of another block":
                range[^1] = range[^1] with { Finalization = range[0].Finalization.IsEmpty ? range[2].Finalization : range[0].Finalization };
                break;
            case "a certificate with a bit flipped":
                byte[] forged = range[^1].Finalization.ToArray();
                forged[^1] ^= 1;
                range[^1] = range[^1] with { Finalization = forged };
                break;
            case "no certificate":
                range[^1] = range[^1] with { Finalization = default };
                break;
            default:
                int carrying = range.FindIndex(block => block.Batches.Count > 0);
                range[carrying] = range[carrying] with { Batches = [_blocks.Last(block => block.Batches.Count > 0).Batches[0].Encoded] };
                break;
        }

        return SyncProtocol.EncodeRange(range);
    }

    [Fact]
    public async Task Two_of_three_sources_may_lie_and_be_silent()
    {
        using ChainHarness behind = Behind();
        Answer(1, (_, _) => [0xc1]);
        Serve(2, Silence);

        await CatchUpAsync(behind);

        Assert.Equal([_committee.Keys[1].PublicKey], _sources.Demoted);
        Assert.True(_hosts[3].Served.Count >= Blocks / new RangePlanOptions().PieceBlocks);
    }

    [Fact]
    public async Task A_source_that_answers_nothing_holds_up_the_first_piece_by_one_hedge_only()
    {
        using ChainHarness behind = Behind();
        Serve(1, Silence);
        Serve(2, Silence);
        long begun = _time.GetTimestamp();

        await CatchUpAsync(behind);

        // Ten seconds is when a request is given up; nobody waited for that.
        Assert.True(_time.GetElapsedTime(begun) < TimeSpan.FromSeconds(10), _time.GetElapsedTime(begun).ToString());
        Assert.Empty(_demoted);

        // Nobody counts as busy with what is over.
        Assert.All(Enumerable.Range(0, 6), _ => Assert.NotNull(_sources.Take(new SortedSet<NodeIndex>(), [], out bool _)));
    }

    [Fact]
    public async Task A_false_answer_that_comes_second_does_not_touch_the_good_one()
    {
        using ChainHarness behind = Behind();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // The liar sits on its pieces until another source has brought them.
        Serve(1, async (_, _, _) =>
        {
            asked.TrySetResult();
            await release.Task;
            return new byte[] { 1 };
        });
        _hosts[2].Online = false;
        await CatchUpAsync(behind);

        await asked.Task.WaitAsync(Patience);
        release.TrySetResult();
        Assert.DoesNotContain(_demoted, demoted => demoted.Member != _committee.Keys[1].PublicKey);
    }

    [Fact]
    public async Task No_more_pieces_are_held_than_the_cap_however_long_the_first_one_takes()
    {
        using ChainHarness behind = Behind();
        var asked = new ConcurrentDictionary<ulong, int>();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int held = 0;
        for (int member = 1; member < 4; member++)
        {
            Serve(member, async (_, request, cancellation) =>
            {
                Assert.True(SyncProtocol.TryDecodeRangeRequest(request.Span, out Height from, out int count));
                asked.AddOrUpdate(from.Value, 1, (_, times) => times + 1);
                if (from.Value == 1)
                {
                    Interlocked.Increment(ref held);
                    await release.Task.WaitAsync(cancellation);
                }

                return SyncProtocol.EncodeRange(Truth(from, count));
            });
        }

        RangeSync sync = Sync(behind);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sync.Finished += _ => done.TrySetResult();
        sync.Start(new Height(1), new Height(Blocks), []);
        await AdvanceUntilAsync(Task.Run(async () =>
        {
            using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
            while (Volatile.Read(ref held) < 3)
            {
                await look.WaitForNextTickAsync(_stopping.Token);
            }
        }));

        // All three are asked for the first piece by now; the others' pieces wait within the cap.
        Assert.True(asked.Keys.Count <= new RangePlanOptions().MaximumPieces, $"{asked.Keys.Count} pieces");
        Assert.Equal(Height.Zero, behind.Head.Height);
        release.SetResult();
        await AdvanceUntilAsync(done.Task);
        await behind.SettleAsync();
        AssertSameAsAhead(behind);
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_stood()
    {
        using (ChainHarness first = Behind())
        {
            await first.Chain.RangeFetchedAsync(_blocks[..400]);
            await first.SettleAsync();
        }

        using ChainHarness again = Behind();
        Assert.Equal(new Height(400), again.Head.Height);
        var asked = new ConcurrentQueue<ulong>();
        Answer(1, (from, count) =>
        {
            asked.Enqueue(from.Value);
            return SyncProtocol.EncodeRange(Truth(from, count));
        });
        await CatchUpAsync(again, from: 401);
        Assert.All(asked, from => Assert.True(from > 400));
    }

    [Fact]
    public async Task When_a_member_comes_back_the_waiting_ends()
    {
        using ChainHarness behind = Behind();
        foreach (FakeHost host in _hosts[1..])
        {
            host.Online = false;
        }

        RangeSync sync = Sync(behind);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sync.Finished += _ => done.TrySetResult();
        sync.Start(new Height(1), new Height(Blocks), []);
        await AdvanceUntilAsync(Task.Run(async () =>
        {
            using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
            while (sync.Failures < 3)
            {
                await look.WaitForNextTickAsync(_stopping.Token);
            }
        }));
        _hosts[2].Online = true;

        await AdvanceUntilAsync(done.Task);
        await behind.SettleAsync();
        AssertSameAsAhead(behind);
    }

    private static async ValueTask<ReadOnlyMemory<byte>?> Silence(PeerId peer, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        await new TaskCompletionSource().Task.WaitAsync(cancellation);
        return null;
    }
}
