using System.Collections.Concurrent;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Node.Metrics;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Support;

/// <summary>One member's chain on a real store, with the test in the place of consensus and of the network.</summary>
internal sealed class ChainHarness : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<Input> _inputs = [];
    private readonly InputQueue _queue = new();
    private readonly VerificationPool _pool;
    private readonly Height _loaded;

    public ChainHarness(TestCommittee committee, NodeIndex self, string folder, Func<ChainHarness, IChainFetcher>? fetcher = null, Func<ChainHarness, ChainHousekeeping>? housekeeping = null, bool sync = false)
    {
        Committee = committee;
        Time = new ManualTime(TestCommittee.Start);
        Store = NodeStore.Open(folder, new RocksDbOptions { CountsWork = true });
        (ChainBlock block, FinalizedHead head) = ChainStartup.Load(Store, committee.Genesis, committee.Context.GenesisHash);
        Waiting = new WaitingEntries(Time, new LatencyHistogram());
        _loaded = head.Height;
        Committer = new ChainCommitter(Store, Waiting, head, sync, fault => Fault.TrySetResult(fault));
        Committer.Committed += Committed.Enqueue;
        var builder = new BlockBuilder(committee.Context, committee.Keys[self.Value], self, new BlockPace(TimeSpan.Zero, TimeSpan.Zero), Time);
        Chain = new ChainActor(committee.Context, Store, _queue, builder, Committer, block, Time, fault => Fault.TrySetResult(fault));
        _pool = new VerificationPool(committee.Verdicts, new VerificationPoolOptions { Workers = 1 });
        Intake = new BatchIntake(committee.Context, Chain, Store, _pool, fault => Fault.TrySetResult(fault));
        Chain.Start(fetcher?.Invoke(this) ?? Fetcher, bytes => Intake.Take(bytes), housekeeping?.Invoke(this));
    }

    public TestCommittee Committee { get; }

    public ManualTime Time { get; }

    public NodeStore Store { get; }

    public WaitingEntries Waiting { get; }

    public ChainCommitter Committer { get; }

    public ChainActor Chain { get; }

    public BatchIntake Intake { get; }

    public FakeFetcher Fetcher { get; } = new();

    public TaskCompletionSource<Exception> Fault { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The blocks committed since the start.</summary>
    public ConcurrentQueue<FinalizedBlock> Committed { get; } = [];

    public FinalizedHead Head => Committer.Head;

    private IConsensusApplication Application => Chain;

    /// <summary>Returns when the chain has done everything that was posted to it before; the number of finalizations that wait.</summary>
    public async Task<int> SettleAsync()
    {
        (int finals, Height written) = await Chain.SettledAsync().WaitAsync(Patience);

        // The committer tells of a block on a thread of its own.
        await UntilAsync(() => _loaded.Value + (ulong)Committed.Count >= written.Value);
        return finals;
    }

    /// <summary>Returns when it holds, for what happens on other threads and is told to nobody.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!condition())
        {
            await look.WaitForNextTickAsync(late.Token);
        }
    }

    /// <summary>The next answer of this type to the core.</summary>
    public T Expect<T>()
        where T : Input
    {
        long begun = Environment.TickCount64;
        while (true)
        {
            if (_inputs.OfType<T>().FirstOrDefault() is { } found)
            {
                _inputs.Remove(found);
                return found;
            }

            Assert.False(Fault.Task.IsCompleted, Fault.Task.IsCompleted ? Fault.Task.Result.ToString() : "");
            Assert.True(Environment.TickCount64 - begun < Patience.TotalMilliseconds, $"no {typeof(T).Name} came");
            _queue.Drain(_inputs, int.MaxValue, TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Whether an answer of this type is there.</summary>
    public bool Has<T>()
        where T : Input
    {
        _queue.Drain(_inputs, int.MaxValue, TimeSpan.Zero);
        return _inputs.OfType<T>().Any();
    }

    /// <summary>Takes a batch and waits until its signatures have been checked and it may be proposed.</summary>
    public void TakeAndVerify(Batch batch)
    {
        Intake.Take(batch);
        Assert.True(Expect<Input.WorkWaiting>().Any);
    }

    /// <summary>Builds a block as the leader of a view.</summary>
    public (BlockRef Ref, BlockContent Content) Build(ulong view, BlockRef parent)
    {
        Application.BuildProposal(new View(view), parent);
        Input.ProposalBuilt built = Expect<Input.ProposalBuilt>();
        Assert.True(BlockContent.TryDecode(built.Content.Span, out BlockContent? content));
        return (built.Block, content);
    }

    public void SyncContents() => Application.SyncContents();

    public void Verify((BlockRef Ref, BlockContent Content) block, BlockRef parent) =>
        Application.VerifyProposal(Committee.Proposal(block.Ref, block.Content.Encoded), parent);

    public void Certify(BlockRef block) => Application.Certify(Committee.Notarization(block));

    public void AbandonCertify(ulong view) => Application.AbandonCertify(new View(view));

    public void Finalize(params BlockRef[] blocks) => Application.Finalized(Committee.Finalization(blocks[^1]), blocks);

    /// <summary>Takes a block through verification, certification and finality.</summary>
    public async Task CommitAsync((BlockRef Ref, BlockContent Content) block, BlockRef parent)
    {
        Verify(block, parent);
        Assert.True(Expect<Input.ProposalVerified>().Valid);
        Certify(block.Ref);
        Assert.True(Expect<Input.CertifyDecided>().Valid);
        Finalize(block.Ref);
        await SettleAsync();
        Assert.Equal(block.Ref.Hash, Head.Hash);
    }

    public void Dispose()
    {
        Chain.Dispose();
        _pool.Dispose();
        Committer.Dispose();
        Store.Dispose();
    }
}
