using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// One catching up: which piece of the missing range to ask of whom next, what an answer changes, and what can be committed. A piece is done by the first
/// answer that proves itself; a source that lies or is silent is replaced and the good pieces stay. A few pieces are held at most, so what a node needs for it
/// does not grow with how far it is behind. Nothing is kept that was not asked for. The host asks, checks (<see cref="RangeAnswer.Read"/>), commits and reads
/// the clock: times are its milliseconds. Not safe for concurrent calls.
/// </summary>
/// <param name="options">Sizes and times.</param>
/// <param name="from">The first missing height.</param>
public sealed class RangePlan(RangePlanOptions options, Height from)
{
    private readonly SortedDictionary<Height, RangePiece> _pieces = [];
    private readonly List<RangeAsk> _asking = [];
    private Height _next = from;
    private RangePiece? _delivering;
    private long? _askedWhatIsKept;
    private Height? _nobodyHas;

    /// <summary>The last height wanted.</summary>
    public Height Target { get; private set; } = new(from.Value - 1);

    /// <summary>The last height committed.</summary>
    public Height Committed { get; private set; } = new(from.Value - 1);

    /// <summary>How often no connected member had a piece.</summary>
    public long Failures { get; private set; }

    /// <summary>Whether everything wanted is committed.</summary>
    public bool IsDone => Committed >= Target && _delivering is null;

    /// <summary>Moves the end of what is wanted up.</summary>
    public void Aim(Height through) => Target = through > Target ? through : Target;

    /// <summary>Gives every piece that nobody is asked for a source, as long as few enough are held; a second source for the first piece when its own is slow.</summary>
    public IReadOnlyList<RangeAsk> Next(ISyncSources sources, IReadOnlyList<NodeIndex> likely, long now)
    {
        while (_pieces.Count < options.MaximumPieces && _next <= Target)
        {
            ulong left = Target.Value - _next.Value + 1;
            var piece = new RangePiece(_next, (int)Math.Min(left, (ulong)options.PieceBlocks));
            _pieces.Add(piece.From, piece);
            _next = piece.End.Next;
        }

        var asks = new List<RangeAsk>();
        int held = _pieces.Values.Count(piece => piece.IsHeld);
        bool first = true;
        foreach (RangePiece piece in _pieces.Values)
        {
            // The piece that all others wait for must not wait for one slow source, nor for room that the others take.
            bool late = first && piece.Asking > 0 && now - piece.AskedAt >= options.HedgeAfter;
            bool paused = piece.PausedSince is { } since && now - since < options.RetryInterval;
            bool wanted = piece.Blocks is null && !paused && (late || (piece.Asking == 0 && (first || held < options.MaximumPieces)));
            if (wanted && Ask(piece, sources, likely, now) is { } ask)
            {
                asks.Add(ask);
                held++;
            }

            first = false;
        }

        return asks;
    }

    /// <summary>Takes what came of a question.</summary>
    public void Take(RangeAsk ask, RangeAnswer answer, ISyncSources sources)
    {
        RangePiece piece = ask.Piece;
        if (!_asking.Remove(ask))
        {
            return;
        }

        piece.Asking--;
        if (answer.Lie is { } lie)
        {
            sources.Lied(ask.Source, $"range_{lie}");
        }

        sources.Return(ask.Source, answer.Blocks is not null ? true : answer.Status == SyncStatus.Answered ? null : false);
        if (answer.Blocks is not { } blocks || piece.Blocks is not null)
        {
            // An answer that comes second, good or bad, does not touch the one that was good.
            return;
        }

        piece.Blocks = blocks;
        Height last = blocks[^1].Content.Header.Height;
        if (last < piece.End && _pieces.GetValueOrDefault(piece.From) == piece)
        {
            // As much as fits into an answer: the rest is a piece of its own.
            var rest = new RangePiece(last.Next, (int)(piece.End.Value - last.Value));
            _pieces.Add(rest.From, rest);
        }
    }

    /// <summary>The next blocks to commit, when they are here and no others are being committed; <see cref="Delivered"/> must follow.</summary>
    public IReadOnlyList<SyncedBlock>? Deliver()
    {
        if (_delivering is not null || _pieces.Count == 0 || _pieces.Values.First() is not { Blocks: { } blocks } first)
        {
            return null;
        }

        _delivering = first;
        return blocks;
    }

    /// <summary>They are committed as far as the chain took them.</summary>
    /// <param name="head">The chain's height now.</param>
    public void Delivered(Height head)
    {
        Invariant.Check(_delivering is not null);
        RangePiece piece = _delivering;
        _delivering = null;
        _pieces.Remove(piece.From);
        Committed = head;
        if (head < piece.Blocks![^1].Content.Header.Height)
        {
            // The chain stood below this piece after all: begin again where it stands. Who is still asked answers into the void.
            _pieces.Clear();
            _next = head.Next;
        }
    }

    /// <summary>Whether to ask the members what they keep, because nobody had a piece: did they fail to answer, or is it gone?</summary>
    /// <param name="now">The time.</param>
    /// <param name="next">The first height that nobody had.</param>
    public bool WantsToKnowWhatIsKept(long now, out Height next)
    {
        next = _nobodyHas ?? default;
        bool wants = _nobodyHas is not null && (_askedWhatIsKept is not { } asked || now - asked >= options.KeptInterval);
        _nobodyHas = null;
        _askedWhatIsKept = wants ? now : _askedWhatIsKept;
        return wants;
    }

    /// <summary>Gives every source back that is still asked; answers that come later change nothing.</summary>
    public void End(ISyncSources sources)
    {
        _asking.ForEach(ask => sources.Return(ask.Source, null));
        _asking.Clear();
    }

    private RangeAsk? Ask(RangePiece piece, ISyncSources sources, IReadOnlyList<NodeIndex> likely, long now)
    {
        if (sources.Take(piece.Tried, likely, out bool exhausted) is { } source)
        {
            piece.Tried.Add(source);
            piece.AskedAt = now;
            piece.Asking++;
            var ask = new RangeAsk(piece, source);
            _asking.Add(ask);
            return ask;
        }

        if (exhausted && piece.Asking == 0)
        {
            Failures++;
            piece.Tried.Clear();
            piece.PausedSince = now;
            _nobodyHas ??= piece.From;
        }

        return null;
    }
}
