using Aeamc.P2P.Blocks;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Sync;

/// <summary>
/// Catches up with the chain as a <see cref="RangePlan"/> says: asks its questions over the network, checks the answers on threads of their own, and hands the blocks to the
/// chain in order. A restart goes on at the head.
/// </summary>
public sealed class RangeSync(ILibp2pHost host, SyncSources sources, RangeVerifier verifier, ChainActor chain, Action<Exception> onFault, CancellationToken stopping)
{
    /// <summary>Blocks committed in one turn of the chain's thread: between turns it serves consensus.</summary>
    private const int BlocksPerTurn = 32;

    /// <summary>Without it a late node follows some 88 times as fast as the chain grows, and everybody's proofs take 13 % longer meanwhile (`Benchmarks -- sync`).</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(600);

    private static readonly RangePlanOptions Options = new();

    private readonly Lock _gate = new();
    private Height _target;
    private IReadOnlyList<NodeIndex> _likely = [];
    private bool _running;
    private long _failures;

    /// <summary>Whether blocks are being fetched.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    /// <summary>How often no connected member had a piece.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Fetching begins at this height. Raised on the asker's thread.</summary>
    public event Action<Height>? Started;

    /// <summary>Everything asked for is committed. Raised on any thread.</summary>
    public event Action<Height>? Finished;

    /// <summary>No connected member keeps the next block (first) any more; the lowest one kept (second). Raised once a session, on any thread.</summary>
    public event Action<Height, Height>? Lacking;

    /// <summary>Begins to fetch, or moves the end of what is being fetched.</summary>
    public void Start(Height from, Height through, IReadOnlyList<NodeId> likely)
    {
        lock (_gate)
        {
            _target = through > _target ? through : _target;
            _likely = sources.IndicesOf(likely);
            if (!_running)
            {
                _running = true;
                Started?.Invoke(from);
                _ = RunAsync(from);
            }
        }
    }

    private async Task RunAsync(Height from)
    {
        // Off the caller, which is the chain's own thread.
        await Task.Yield();
        var run = new Run(new RangePlan(Options, from), host.Time);
        try
        {
            while (!IsDone(run.Plan))
            {
                Ask(run);
                run.Delivery ??= run.Plan.Deliver() is { } blocks ? CommitAsync(blocks) : null;
                await WaitAsync(run);
            }

            // What a second source still sends is of no use.
            run.Plan.End(sources);
            Finished?.Invoke(run.Plan.Committed);
        }
        catch (OperationCanceledException)
        {
            // Stopping, or the chain has failed and says so itself.
        }
        catch (Exception fault)
        {
            onFault(fault);
        }
        finally
        {
            run.Plan.End(sources);
            await run.DisposeAsync();
        }
    }

    private bool IsDone(RangePlan plan)
    {
        lock (_gate)
        {
            plan.Aim(_target);
            if (!plan.IsDone)
            {
                return false;
            }

            _running = false;
            return true;
        }
    }

    private void Ask(Run run)
    {
        IReadOnlyList<NodeIndex> likely;
        lock (_gate)
        {
            likely = _likely;
        }

        long failures = run.Plan.Failures;
        foreach (RangeAsk ask in run.Plan.Next(sources, likely, sources.Now))
        {
            run.Asking.Add(FetchAsync(ask, run.Pace.PauseOf(ask.Source), run.Stopping.Token), ask);
        }

        Interlocked.Add(ref _failures, run.Plan.Failures - failures);
        if (run.Plan.WantsToKnowWhatIsKept(sources.Now, out Height next))
        {
            _ = AskWhatIsKeptAsync(run, next);
        }
    }

    /// <summary>Nobody had a piece: did they fail to answer, or is it gone?</summary>
    private async Task AskWhatIsKeptAsync(Run run, Height next)
    {
        Height? lowest = null;
        foreach (PeerId peer in sources.Order([]))
        {
            RequestResult result = await host.RequestAsync(peer, SnapshotProtocol.Kept, SnapshotProtocol.Nothing, stopping).ConfigureAwait(false);
            if (result.Status == RequestStatus.Ok && SnapshotProtocol.TryDecodeKept(result.Response.Span, out Height first, out _))
            {
                lowest = lowest is { } known && known < first ? known : first;
            }
        }

        if (lowest is { } kept && kept > next && !run.ToldWhatLacks)
        {
            run.ToldWhatLacks = true;
            Lacking?.Invoke(next, kept);
        }
    }

    private async Task<Height> CommitAsync(IReadOnlyList<SyncedBlock> blocks)
    {
        // One turn ahead, or the chain's thread would stand still until a pool thread hands it the next one.
        Task<Height> turn = Task.FromResult<Height>(default);
        foreach (SyncedBlock[] blocksOfTurn in blocks.Chunk(BlocksPerTurn))
        {
            Task<Height> next = chain.RangeFetchedAsync(blocksOfTurn);
            await turn;
            turn = next;
        }

        return await turn;
    }

    private async Task WaitAsync(Run run)
    {
        stopping.ThrowIfCancellationRequested();
        if (run.Delivery is { IsCompleted: true } delivered)
        {
            run.Delivery = null;
            run.Plan.Delivered(await delivered);
            return;
        }

        Task<RangeAnswer>? answered = run.Asking.Keys.FirstOrDefault(asking => asking.IsCompleted);
        if (answered is not null)
        {
            run.Asking.Remove(answered, out RangeAsk? asked);
            run.Pace.Answered(asked!.Source);
            run.Plan.Take(asked, await answered, sources);
            return;
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var waiting = new List<Task>(run.Asking.Keys);
        if (run.Delivery is { } delivery)
        {
            waiting.Add(delivery);
        }

        // A pause ends, a source becomes free, or one has become too slow.
        waiting.Add(Task.Delay(TimeSpan.FromMilliseconds(Options.RetryInterval), host.Time, enough.Token));
        await Task.WhenAny(waiting);
        await enough.CancelAsync();
    }

    /// <summary>Asks one source for one piece and checks the answer. Never fails.</summary>
    private async Task<RangeAnswer> FetchAsync(RangeAsk ask, TimeSpan pause, CancellationToken cancellation)
    {
        if (pause > TimeSpan.Zero)
        {
            // Cancelled here, the request below says so: this never fails.
            await Task.Delay(pause, host.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        RequestResult result = await host.RequestAsync(
            sources.PeerOf(ask.Source), SyncProtocol.Range, SyncProtocol.EncodeRangeRequest(ask.From, ask.Count), cancellation).ConfigureAwait(false);

        // Checking is the long part, and runs for many pieces at once: on threads of its own, for the pool is as narrow as short work needs it (PoolThreads).
        return result.Status == RequestStatus.Ok
            ? await Task.Factory.StartNew(
                () => RangeAnswer.Read(verifier, ask.From, SyncStatus.Answered, result.Response), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false)
            : new RangeAnswer(Answers.StatusOf(result.Status), null, null);
    }

    /// <summary>Everything of one catching up; touched only by its own loop.</summary>
    private sealed class Run(RangePlan plan, TimeProvider time) : IAsyncDisposable
    {
        public SourcePace Pace { get; } = new(Rest, time);

        public RangePlan Plan { get; } = plan;

        public Dictionary<Task<RangeAnswer>, RangeAsk> Asking { get; } = [];

        public CancellationTokenSource Stopping { get; } = new();

        public Task<Height>? Delivery { get; set; }

        public bool ToldWhatLacks { get; set; }

        public async ValueTask DisposeAsync()
        {
            await Stopping.CancelAsync();
            await Task.WhenAll(Asking.Keys);
            Stopping.Dispose();
        }
    }
}
