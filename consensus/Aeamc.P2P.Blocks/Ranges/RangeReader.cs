using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>What a node answers to one that asks for a range of finalized blocks.</summary>
public static class RangeReader
{
    /// <summary>
    /// Blocks from a height on, as many as asked for and as fit, up to one that a quorum's own signature closes: what follows it is worth nothing to the asker. Empty when there is none.
    /// </summary>
    /// <param name="from">The first height.</param>
    /// <param name="maximum">Blocks wanted.</param>
    /// <param name="read">A block with all its batches; null when it is not here whole.</param>
    public static IReadOnlyList<RangeBlock> Collect(Height from, int maximum, Func<Height, RangeBlock?> read)
    {
        var blocks = new List<RangeBlock>();
        int closed = 0;
        int bytes = 0;
        for (Height height = from; blocks.Count < SyncProtocol.MaximumBlocks; height = height.Next)
        {
            // On past the asker's limits until one closes the range.
            bool enough = blocks.Count >= maximum || bytes >= SyncProtocol.TargetResponse;
            if ((enough && closed > 0) || read(height) is not { } block)
            {
                break;
            }

            bytes += block.Size;
            if (bytes > SyncProtocol.MaximumResponse)
            {
                break;
            }

            blocks.Add(block);
            closed = block.Finalization.IsEmpty ? closed : blocks.Count;
        }

        return blocks[..closed];
    }
}
