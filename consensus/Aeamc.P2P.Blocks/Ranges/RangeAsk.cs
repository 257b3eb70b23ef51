using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>A question for a piece of a range, to be sent to one member (<see cref="SyncProtocol.Range"/>); its answer goes to <see cref="RangePlan.Take"/>.</summary>
public sealed class RangeAsk
{
    internal RangeAsk(RangePiece piece, NodeIndex source)
    {
        Piece = piece;
        Source = source;
    }

    /// <summary>Whom to ask.</summary>
    public NodeIndex Source { get; }

    /// <summary>The first height.</summary>
    public Height From => Piece.From;

    /// <summary>How many blocks.</summary>
    public int Count => Piece.Count;

    internal RangePiece Piece { get; }
}

/// <summary>What came of a question.</summary>
/// <param name="Status">Whether there was an answer.</param>
/// <param name="Blocks">The blocks, proven; null when none came or they are false.</param>
/// <param name="Lie">What disproves the answer; null when nothing does.</param>
public sealed record RangeAnswer(SyncStatus Status, IReadOnlyList<SyncedBlock>? Blocks, RangeFault? Lie)
{
    /// <summary>Reads and checks an answer: the long part, a function of its arguments, for any number of answers at once.</summary>
    public static RangeAnswer Read(RangeVerifier verifier, Height from, SyncStatus status, ReadOnlyMemory<byte> bytes)
    {
        if (status != SyncStatus.Answered)
        {
            return new RangeAnswer(status, null, null);
        }

        if (!SyncProtocol.TryDecodeRange(bytes, out List<RangeBlock>? blocks))
        {
            return new RangeAnswer(status, null, RangeFault.Malformed);
        }

        if (blocks.Count == 0)
        {
            // It has none of these, or none that a quorum closes yet.
            return new RangeAnswer(status, null, null);
        }

        RangeFault fault = verifier.Check(from, blocks, out List<SyncedBlock> synced);
        return fault == RangeFault.None ? new RangeAnswer(status, synced, null) : new RangeAnswer(status, null, fault);
    }
}

/// <summary>A part of the range.</summary>
internal sealed class RangePiece(Height from, int count)
{
    public Height From { get; } = from;

    public int Count { get; } = count;

    public Height End { get; } = new(from.Value + (ulong)count - 1);

    public SortedSet<NodeIndex> Tried { get; } = [];

    public int Asking { get; set; }

    public long AskedAt { get; set; }

    public long? PausedSince { get; set; }

    /// <summary>Takes memory, now or soon.</summary>
    public bool IsHeld => Blocks is not null || Asking > 0;

    public IReadOnlyList<SyncedBlock>? Blocks { get; set; }
}
