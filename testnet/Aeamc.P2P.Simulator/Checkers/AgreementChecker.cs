using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Checkers;

/// <summary>One block per height among all honest members, each on its parent.</summary>
public sealed class AgreementChecker
{
    private readonly Dictionary<ulong, (Hash256 Hash, NodeIndex By)> _chain = [];

    public List<string> Violations { get; } = [];

    /// <summary>The block of a height; null while none is final.</summary>
    public Hash256? HashAt(Height height) => _chain.TryGetValue(height.Value, out (Hash256 Hash, NodeIndex By) block) ? block.Hash : null;

    public void Add(NodeIndex node, BlockRef block, BlockRef below)
    {
        if (block.ParentHash != below.Hash || block.Height.Value != below.Height.Value + 1)
        {
            Violations.Add($"broken chain: member {node} put {block} on {below}");
        }

        Add(node, block);
    }

    /// <summary>A block on which a member goes on, whatever is below it.</summary>
    public void Add(NodeIndex node, BlockRef block)
    {
        if (!_chain.TryAdd(block.Height.Value, (block.Hash, node)) && _chain[block.Height.Value] is var other && other.Hash != block.Hash)
        {
            Violations.Add($"fork at height {block.Height}: member {node} has {block.Hash.ToShortString()}, member {other.By} {other.Hash.ToShortString()}");
        }
    }
}
