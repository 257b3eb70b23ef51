using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// Puts together what a node answers to one that asks for a range of finalized blocks: as many as asked for and as fit, up to one that a quorum's own signature closes,
/// for what follows it is worth nothing to the asker. Block by block, so that who reads may pause between two.
/// </summary>
/// <param name="from">The first height.</param>
/// <param name="maximum">Blocks wanted.</param>
public sealed class RangeReader(Height from, int maximum)
{
    private readonly List<RangeBlock> _blocks = [];
    private int _closed;

    /// <summary>The height to read next; null when the answer is whole.</summary>
    public Height? Next { get; private set; } = from;

    /// <summary>Bytes read so far.</summary>
    public int Bytes { get; private set; }

    /// <summary>Blocks read so far.</summary>
    public int Count => _blocks.Count;

    /// <summary>The answer; empty when no block of the range is here.</summary>
    public IReadOnlyList<RangeBlock> Closed => _blocks[.._closed];

    /// <summary>The whole answer at once.</summary>
    /// <param name="from">The first height.</param>
    /// <param name="maximum">Blocks wanted.</param>
    /// <param name="read">A block with all its batches; null when it is not here whole.</param>
    public static IReadOnlyList<RangeBlock> Collect(Height from, int maximum, Func<Height, RangeBlock?> read)
    {
        var reader = new RangeReader(from, maximum);
        while (reader.Next is { } height)
        {
            reader.Take(read(height));
        }

        return reader.Closed;
    }

    /// <summary>Takes the block of height <see cref="Next"/>; null when it is not here whole, which ends the range.</summary>
    public void Take(RangeBlock? block)
    {
        if (Next is not { } height)
        {
            throw Invariant.Fail("the range is whole already");
        }

        if (block is null || Bytes + block.Size > SyncProtocol.MaximumResponse)
        {
            Next = null;
            return;
        }

        Bytes += block.Size;
        _blocks.Add(block);
        _closed = block.Finalization.IsEmpty ? _closed : _blocks.Count;

        // On past the asker's limits until one closes the range.
        bool enough = _blocks.Count >= maximum || Bytes >= SyncProtocol.TargetResponse;
        Next = _blocks.Count >= SyncProtocol.MaximumBlocks || (enough && _closed > 0) ? null : height.Next;
    }
}
