using System.Collections.Concurrent;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Sync;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Sync;

/// <summary>A member with a history of 200 blocks, asked for ranges of it.</summary>
public sealed class ChainServerTests : IAsyncLifetime
{
    private const int Blocks = 200;

    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();
    private readonly ConcurrentDictionary<PeerId, FakeHost> _network = [];
    private readonly FakeHost[] _hosts;
    private readonly ChainHarness _ahead;

    public ChainServerTests()
    {
        _hosts = [.. _committee.Keys.Select(key => new FakeHost(key.PublicKey, _network, TimeProvider.System))];
        _ahead = new ChainHarness(_committee, new NodeIndex(1), _folder["ahead"]);
        _ = new ChainServer(_hosts[1], _ahead.Store);
    }

    public async ValueTask InitializeAsync()
    {
        var forged = new ForgedChain(_committee.Context, _committee.Keys, _ahead.Store);
        await _ahead.Chain.RangeFetchedAsync([.. Enumerable.Range(0, Blocks).Select(i => forged.Next(TimeSpan.FromMilliseconds(20), closed: i % 3 != 1))]);
    }

    public ValueTask DisposeAsync()
    {
        _ahead.Dispose();
        _committee.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<List<RangeBlock>> AskAsync(int from, int count)
    {
        RequestResult result = await _hosts[0].RequestAsync(_hosts[1].LocalPeer, SyncProtocol.Range, SyncProtocol.EncodeRangeRequest(new Height((ulong)from), count), TestContext.Current.CancellationToken);
        Assert.Equal(RequestStatus.Ok, result.Status);
        Assert.True(SyncProtocol.TryDecodeRange(result.Response, out List<RangeBlock>? blocks));
        return blocks;
    }

    /// <summary>Blocks 2, 5, 8, ... are final through a descendant only.</summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(1, 128, 127)]
    [InlineData(190, 128, 10)]
    [InlineData(201, 128, 0)]
    public async Task A_range_ends_with_a_block_that_a_quorum_closed(int from, int asked, int got)
    {
        List<RangeBlock> blocks = await AskAsync(from, asked);

        Assert.Equal(got, blocks.Count);
        Assert.True(got == 0 || !blocks[^1].Finalization.IsEmpty);
    }

    [Fact]
    public async Task Others_have_their_turn_while_a_range_is_read()
    {
        var turns = new CountingTurns();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(turns);
        Task<List<RangeBlock>> asked = AskAsync(1, 128);
        SynchronizationContext.SetSynchronizationContext(before);

        // It stands after its first turn until the one thread comes to it again: whatever else waits for that thread is before it.
        Assert.False(asked.IsCompleted);
        await turns.RunAsync(asked);
        Assert.True(turns.Taken >= 128 / 16, $"{turns.Taken} turns");
        Assert.Equal(127, (await asked).Count);
    }

    [Fact]
    public async Task Ranges_are_read_one_at_a_time()
    {
        var turns = new CountingTurns();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(turns);
        Task<List<RangeBlock>> first = AskAsync(1, 128);
        SynchronizationContext.SetSynchronizationContext(before);
        Task<List<RangeBlock>> second = AskAsync(1, 16);

        // The second one is short and could have been answered at once.
        Assert.False(second.IsCompleted);
        await turns.RunAsync(first);
        Assert.NotEmpty(await second);
    }

    /// <summary>A thread's queue of turns, each taken when the test says so.</summary>
    private sealed class CountingTurns : SynchronizationContext
    {
        private readonly ConcurrentQueue<(SendOrPostCallback Work, object? State)> _waiting = [];

        public int Taken { get; private set; }

        public override void Post(SendOrPostCallback d, object? state) => _waiting.Enqueue((d, state));

        public override SynchronizationContext CreateCopy() => this;

        /// <summary>Gives turns until the task is done.</summary>
        public async Task RunAsync(Task task)
        {
            while (!task.IsCompleted)
            {
                if (_waiting.TryDequeue(out (SendOrPostCallback Work, object? State) next))
                {
                    Taken++;
                    SynchronizationContext? before = Current;
                    SetSynchronizationContext(this);
                    next.Work(next.State);
                    SetSynchronizationContext(before);
                }
                else
                {
                    await Task.Yield();
                }
            }
        }
    }
}
