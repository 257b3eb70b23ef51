using Aeamc.P2P.Blocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Chain;

/// <summary>The finalized head and the blocks above it, by hash. Owned by the chain's thread.</summary>
public sealed class BlockTree
{
    /// <summary>Proposals of views far ahead of a lagging node are not kept beyond this; they are fetched again when needed.</summary>
    public const int MaximumBlocks = 1_024;

    private readonly Dictionary<Hash256, ChainBlock> _blocks = [];

    public BlockTree(ChainBlock head)
    {
        Head = head;
        _blocks.Add(head.Ref.Hash, head);
    }

    /// <summary>The last committed block; always executed.</summary>
    public ChainBlock Head { get; private set; }

    /// <summary>All blocks, in no order.</summary>
    public IEnumerable<ChainBlock> Blocks => _blocks.Values;

    public bool TryGet(Hash256 hash, out ChainBlock? block) => _blocks.TryGetValue(hash, out block);

    /// <summary>The parent, when it is known.</summary>
    public ChainBlock? ParentOf(ChainBlock block) => _blocks.GetValueOrDefault(block.Ref.ParentHash);

    /// <summary>
    /// Adds a block above the head; gives the one that is kept, or null when it is not above the head or there is no room. Blocks nearer to the
    /// head come first: without them the others are of no use.
    /// </summary>
    public ChainBlock? Add(ChainBlock block)
    {
        if (_blocks.TryGetValue(block.Ref.Hash, out ChainBlock? known))
        {
            return known;
        }

        if (block.Ref.Height <= Head.Ref.Height)
        {
            return null;
        }

        if (_blocks.Count >= MaximumBlocks)
        {
            ChainBlock farthest = _blocks.Values.MaxBy(other => other.Ref.Height)!;
            if (farthest.Ref.Height <= block.Ref.Height)
            {
                return null;
            }

            _blocks.Remove(farthest.Ref.Hash);
        }

        _blocks.Add(block.Ref.Hash, block);
        return block;
    }

    /// <summary>The hashes of batches held by <paramref name="tip"/> and its ancestors above the head.</summary>
    public HashSet<Hash256> BatchesUpTo(ChainBlock tip)
    {
        var held = new HashSet<Hash256>();
        for (ChainBlock? block = tip; block is not null && block != Head; block = ParentOf(block))
        {
            held.UnionWith(block.Content!.Payload.BatchHashes);
        }

        return held;
    }

    /// <summary>Makes an executed child of the head the new head and drops every block that does not descend from it.</summary>
    public void Commit(ChainBlock block)
    {
        Invariant.Check(block.Ref.ParentHash == Head.Ref.Hash && block.Executed is not null);
        Head = block;
        var dropped = new HashSet<Hash256>();
        foreach (ChainBlock other in _blocks.Values.OrderBy(other => other.Ref.Height).ToList())
        {
            // A block whose parent has not arrived yet may still turn out to descend from the head.
            bool dead = other.Ref.Height <= block.Ref.Height || dropped.Contains(other.Ref.ParentHash)
                || (other.Ref.Height == block.Ref.Height.Next && other.Ref.ParentHash != block.Ref.Hash);
            if (dead && other != block)
            {
                dropped.Add(other.Ref.Hash);
                _blocks.Remove(other.Ref.Hash);
            }
        }
    }
}
