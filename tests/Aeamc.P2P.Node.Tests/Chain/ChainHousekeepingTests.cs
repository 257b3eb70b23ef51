using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Chain;

public sealed class ChainHousekeepingTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();
    private readonly TaskCompletionSource<(Height First, long Bytes)> _pruned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        _committee.Dispose();
        _folder.Dispose();
    }

    private async Task<(ChainHarness Chain, List<SyncedBlock> Blocks)> RunAsync(int count, long budget, Func<Height?> keepFrom, int repeated = -1)
    {
        var chain = new ChainHarness(_committee, new NodeIndex(0), _folder["chain"], housekeeping: harness => new ChainHousekeeping(
            harness.Store, _committee.Context, budget, keepFrom, (first, bytes) => _pruned.TrySetResult((first, bytes)), fault => harness.Fault.TrySetResult(fault)));
        var forged = new ForgedChain(_committee.Context, _committee.Keys, chain.Store);
        var blocks = new List<SyncedBlock>();
        Batch? first = null;
        for (int i = 0; i < count; i++)
        {
            if (i == repeated)
            {
                blocks.Add(forged.Next(TimeSpan.FromMilliseconds(20), true, first!));
            }
            else if (i % 8 == 0)
            {
                Batch batch = forged.Batch(i % 4, _committee.Registration($"device-{i}", TestCommittee.Start + (ulong)(20 * i)));
                first ??= batch;
                blocks.Add(forged.Next(TimeSpan.FromMilliseconds(20), true, batch));
            }
            else
            {
                blocks.Add(forged.Next(TimeSpan.FromMilliseconds(20)));
            }
        }

        foreach (SyncedBlock[] some in blocks.Chunk(64))
        {
            await chain.Chain.RangeFetchedAsync(some);
        }

        await chain.SettleAsync();
        return (chain, blocks);
    }

    [Fact]
    public async Task Over_budget_the_oldest_blocks_go_and_the_newest_stay()
    {
        const int count = 1_600;
        (ChainHarness chain, List<SyncedBlock> blocks) = await RunAsync(count, budget: 1, keepFrom: () => null);
        using (chain)
        {
            (Height first, long _) = await _pruned.Task.WaitAsync(Patience);
            Assert.InRange(first.Value, 2UL, count - ChainHousekeeping.KeptBlocks);
            Assert.Null(chain.Store.GetBlock(new Height(1)));
            Assert.Null(chain.Store.GetBatch(blocks[0].Batches[0].Hash));
            Assert.Null(chain.Store.GetReceipt(blocks[0].Entries[0].Entry.Id));
            for (ulong height = count - ChainHousekeeping.KeptBlocks; height <= count; height++)
            {
                Assert.NotNull(chain.Store.GetBlock(new Height(height)));
                Assert.All(blocks[(int)height - 1].Batches, batch => Assert.NotNull(chain.Store.GetBatch(batch.Hash)));
            }

            Assert.False(chain.Fault.Task.IsCompleted);
        }
    }

    [Fact]
    public async Task A_batch_that_a_kept_block_needs_stays_and_so_does_what_others_may_ask_for()
    {
        (ChainHarness chain, List<SyncedBlock> blocks) = await RunAsync(1_600, budget: 1, keepFrom: () => new Height(100), repeated: 1_500);
        using (chain)
        {
            await _pruned.Task.WaitAsync(Patience);
            Assert.True(chain.Store.First <= new Height(100));
            Assert.True(chain.Store.First > new Height(1));
            Assert.Null(chain.Store.GetBlock(new Height(1)));
            Assert.NotNull(chain.Store.GetBatch(blocks[0].Batches[0].Hash));
        }
    }

    [Fact]
    public async Task An_archive_keeps_everything()
    {
        (ChainHarness chain, List<SyncedBlock> blocks) = await RunAsync(1_300, budget: 0, keepFrom: () => null);
        using (chain)
        {
            Assert.Equal(new Height(1), chain.Store.First);
            Assert.NotNull(chain.Store.GetBlock(new Height(1)));
            Assert.NotNull(chain.Store.GetBatch(blocks[0].Batches[0].Hash));
        }
    }
}
