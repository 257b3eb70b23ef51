using Aeamc.P2P.Blocks;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Sync.Snapshots;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Sync;

/// <summary>
/// Catches up with the chain: pieces of the missing range are asked for from several members at once, checked each on its own, and committed in order.
/// A piece is done by the first answer that proves itself; a source that lies or is silent is replaced and the good pieces stay. A few pieces are held at
/// most, so what a node needs for it does not grow with how far it is behind. Nothing is kept that was not asked for, and a restart goes on at the head.
/// </summary>
public sealed class RangeSync(ILibp2pHost host, SyncSources sources, RangeVerifier verifier, ChainActor chain, Action<Exception> onFault, CancellationToken stopping)
{
    /// <summary>Pieces asked for, or here and waiting for their turn: with <see cref="SyncProtocol.MaximumResponse"/> the bound on memory.</summary>
    public const int MaximumPieces = 6;

    /// <summary>Blocks of one piece: small enough to spread over the members, large enough that a round trip does not count.</summary>
    public const int PieceBlocks = 128;

    /// <summary>When the piece that all others wait for takes longer, a second source is asked too.</summary>
    public static readonly TimeSpan HedgeAfter = TimeSpan.FromSeconds(1);

    /// <summary>When no member has what is missing, they are asked again after this time.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan KeptInterval = TimeSpan.FromSeconds(10);

    /// <summary>Blocks committed in one turn of the chain's thread: between turns it serves consensus.</summary>
    private const int BlocksPerTurn = 32;

    private readonly Lock _gate = new();
    private Height _target;
    private IReadOnlyList<NodeId> _likely = [];
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
            _likely = likely;
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
        var run = new Run(from);
        try
        {
            while (!IsDone(run))
            {
                Plan(run);
                Assign(run);
                Deliver(run);
                await WaitAsync(run);
            }

            Finished?.Invoke(run.Committed);
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
            // What a second source still sends is of no use.
            await run.DisposeAsync();
        }
    }

    private bool IsDone(Run run)
    {
        lock (_gate)
        {
            if (run.Committed < _target || run.Delivery is not null)
            {
                return false;
            }

            _running = false;
            return true;
        }
    }

    private void Plan(Run run)
    {
        Height target;
        lock (_gate)
        {
            target = _target;
        }

        while (run.Pieces.Count < MaximumPieces && run.Next <= target)
        {
            ulong left = target.Value - run.Next.Value + 1;
            var piece = new Piece(run.Next, (int)Math.Min(left, PieceBlocks));
            run.Pieces.Add(piece.From, piece);
            run.Next = new Height(piece.End.Value + 1);
        }
    }

    /// <summary>Gives every piece that nobody is asked for a source, as long as few enough are held.</summary>
    private void Assign(Run run)
    {
        IReadOnlyList<NodeId> likely;
        lock (_gate)
        {
            likely = _likely;
        }

        int held = run.Pieces.Values.Count(piece => piece.IsHeld);
        bool first = true;
        foreach (Piece piece in run.Pieces.Values)
        {
            // The piece that all others wait for must not wait for one slow source, nor for room that the others take.
            bool late = first && piece.Asking.Count > 0 && host.Time.GetElapsedTime(piece.AskedAt) >= HedgeAfter;
            bool wanted = piece.Blocks is null && !IsPaused(piece) && (late || (piece.Asking.Count == 0 && (first || held < MaximumPieces)));
            if (wanted && Ask(run, piece, likely))
            {
                held++;
            }

            first = false;
        }
    }

    private bool IsPaused(Piece piece) => piece.PausedSince is { } since && host.Time.GetElapsedTime(since) < RetryInterval;

    private bool Ask(Run run, Piece piece, IReadOnlyList<NodeId> likely)
    {
        if (sources.Take(piece.Tried, likely, out bool exhausted) is { } source)
        {
            piece.Tried.Add(source);
            piece.AskedAt = host.Time.GetTimestamp();
            Task<Answer> asking = FetchAsync(piece.From, piece.Count, source, run.Stopping.Token);
            piece.Asking.Add(asking);
            run.Asking.Add(asking, piece);
            return true;
        }

        if (exhausted && piece.Asking.Count == 0)
        {
            Interlocked.Increment(ref _failures);
            piece.Tried.Clear();
            piece.PausedSince = host.Time.GetTimestamp();
            if (run.AskedWhatIsKept is not { } asked || host.Time.GetElapsedTime(asked) >= KeptInterval)
            {
                run.AskedWhatIsKept = host.Time.GetTimestamp();
                _ = AskWhatIsKeptAsync(run, piece.From);
            }
        }

        return false;
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

    private void Deliver(Run run)
    {
        if (run.Delivery is null && run.Pieces.Count > 0 && run.Pieces.Values.First() is { Blocks: { } blocks })
        {
            run.Delivery = CommitAsync(blocks);
        }
    }

    private async Task<Height> CommitAsync(List<SyncedBlock> blocks)
    {
        // One turn ahead, or the chain's thread would stand still until a pool thread hands it the next one.
        Task<Height> turn = Task.FromResult<Height>(default);
        for (int at = 0; at < blocks.Count; at += BlocksPerTurn)
        {
            Task<Height> next = chain.RangeFetchedAsync(blocks[at..Math.Min(blocks.Count, at + BlocksPerTurn)]);
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
            run.Committed = await delivered;
            run.Delivery = null;
            Piece piece = run.Pieces.Values.First();
            run.Pieces.Remove(piece.From);
            if (run.Committed < piece.Blocks![^1].Content.Header.Height)
            {
                // The chain stood below this piece after all: begin again where it stands.
                run.Forget();
                run.Next = run.Committed.Next;
            }

            return;
        }

        Task<Answer>? answered = run.Asking.Keys.FirstOrDefault(asking => asking.IsCompleted);
        if (answered is not null)
        {
            Take(run, answered);
            return;
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var waiting = new List<Task>(run.Asking.Keys);
        if (run.Delivery is { } delivery)
        {
            waiting.Add(delivery);
        }

        // A pause ends, a source becomes free, or one has become too slow.
        waiting.Add(Task.Delay(RetryInterval, host.Time, enough.Token));
        await Task.WhenAny(waiting);
        await enough.CancelAsync();
    }

    private void Take(Run run, Task<Answer> answered)
    {
        Piece piece = run.Asking[answered];
        run.Asking.Remove(answered);
        piece.Asking.Remove(answered);
        Answer answer = answered.Result;
        if (answer.Lie is { } lie)
        {
            sources.Lied(answer.From, $"range_{lie}");
        }

        sources.Return(answer.From, answer.Blocks is not null ? true : answer.Status == RequestStatus.Ok ? null : false);
        if (answer.Blocks is not { } blocks || piece.Blocks is not null)
        {
            // An answer that comes second, good or bad, does not touch the one that was good.
            return;
        }

        piece.Blocks = blocks;
        Height last = blocks[^1].Content.Header.Height;
        if (last < piece.End && run.Pieces.GetValueOrDefault(piece.From) == piece)
        {
            // As much as fits into an answer: the rest is a piece of its own.
            var rest = new Piece(last.Next, (int)(piece.End.Value - last.Value));
            run.Pieces.Add(rest.From, rest);
        }
    }

    /// <summary>Asks one source for one piece and checks the answer. Never fails.</summary>
    private async Task<Answer> FetchAsync(Height from, int count, PeerId source, CancellationToken cancellation)
    {
        RequestResult result = await host.RequestAsync(source, SyncProtocol.Range, SyncProtocol.EncodeRangeRequest(from, count), cancellation).ConfigureAwait(false);
        if (result.Status != RequestStatus.Ok)
        {
            return new Answer(source, result.Status, null, null);
        }

        // Checking is the long part, and runs for many pieces at once: on threads of its own, for the pool is as narrow as short work needs it (PoolThreads).
        return await Task.Factory.StartNew(
            () =>
            {
                if (!SyncProtocol.TryDecodeRange(result.Response, out List<RangeBlock>? blocks))
                {
                    return new Answer(source, result.Status, null, RangeFault.Malformed);
                }

                if (blocks.Count == 0)
                {
                    return new Answer(source, result.Status, null, null);
                }

                RangeFault fault = verifier.Check(from, blocks, out List<SyncedBlock> synced);
                return fault == RangeFault.None ? new Answer(source, result.Status, synced, null) : new Answer(source, result.Status, null, fault);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(false);
    }

    private sealed record Answer(PeerId From, RequestStatus Status, List<SyncedBlock>? Blocks, RangeFault? Lie);

    /// <summary>A part of the range.</summary>
    private sealed class Piece(Height from, int count)
    {
        public Height From { get; } = from;

        public int Count { get; } = count;

        public Height End { get; } = new(from.Value + (ulong)count - 1);

        public HashSet<PeerId> Tried { get; } = [];

        public List<Task<Answer>> Asking { get; } = [];

        public long AskedAt { get; set; }

        public long? PausedSince { get; set; }

        /// <summary>Takes memory, now or soon.</summary>
        public bool IsHeld => Blocks is not null || Asking.Count > 0;

        public List<SyncedBlock>? Blocks { get; set; }
    }

    /// <summary>Everything of one catching up; touched only by its own loop.</summary>
    private sealed class Run(Height from) : IAsyncDisposable
    {
        public SortedDictionary<Height, Piece> Pieces { get; } = [];

        public Dictionary<Task<Answer>, Piece> Asking { get; } = [];

        public CancellationTokenSource Stopping { get; } = new();

        public Height Next { get; set; } = from;

        public Height Committed { get; set; } = new(from.Value - 1);

        public Task<Height>? Delivery { get; set; }

        public long? AskedWhatIsKept { get; set; }

        public bool ToldWhatLacks { get; set; }

        /// <summary>Drops every piece; who is still asked answers into the void.</summary>
        public void Forget() => Pieces.Clear();

        public async ValueTask DisposeAsync()
        {
            await Stopping.CancelAsync();
            await Task.WhenAll(Asking.Keys);
            Stopping.Dispose();
        }
    }
}
