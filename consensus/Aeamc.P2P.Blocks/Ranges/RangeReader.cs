using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// What a node answers to one that asks for a range of finalized blocks, block by block, so that the host may do other work between them: as many as asked for
/// and as fit, up to one that a quorum's own signature closes; what follows it is worth nothing to the asker.
/// </summary>
/// <param name="from">The first height.</param>
/// <param name="maximum">Blocks wanted.</param>
public sealed class RangeReader(Height from, int maximum)
{
    private readonly List<RangeBlock> _blocks = [];
    private int _closed;

    /// <summary>The height to read next.</summary>
    public Height Next => new(from.Value + (ulong)_blocks.Count);

    /// <summary>Blocks read.</summary>
    public int Count => _blocks.Count;

    /// <summary>About what they take in an answer.</summary>
    public int Bytes { get; private set; }

    /// <summary>Whether to go on: until the asker's limits, and on past them until a block closes the range.</summary>
    public bool WantsMore => Count < SyncProtocol.MaximumBlocks && !((Count >= maximum || Bytes >= SyncProtocol.TargetResponse) && _closed > 0);

    /// <summary>The answer: up to the last block that closes it; empty when there is none.</summary>
    public IReadOnlyList<RangeBlock> Closed => _blocks[.._closed];

    /// <summary>Takes the next block with all its batches; false when it does not fit any more.</summary>
    public bool Take(RangeBlock block)
    {
        if (Bytes + block.Size > SyncProtocol.MaximumResponse)
        {
            return false;
        }

        Bytes += block.Size;
        _blocks.Add(block);
        _closed = block.Finalization.IsEmpty ? _closed : Count;
        return true;
    }
}
