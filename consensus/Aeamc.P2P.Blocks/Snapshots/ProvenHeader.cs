using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>A header and its path in a mountain range, lowest sibling first.</summary>
public sealed record ProvenHeader(ReadOnlyMemory<byte> Header, IReadOnlyList<Hash256> Path)
{
    /// <summary>
    /// The header, when it is the block of that height in the range, and with it the subtrees on its path that are complete: kept, they prove the header again
    /// under every longer range. Null when it is not.
    /// </summary>
    public (MicroblockHeader Header, List<MountainNode> Nodes)? Verify(Height height, MerkleMountainRange mountains)
    {
        if (!MicroblockHeader.TryDecode(Header.Span, out MicroblockHeader? header) || header.Height != height || height.Value >= mountains.Count
            || !MerkleTree.TryRootFromPath(MerkleTree.LeafHash(header.ComputeHash()), height.Value, mountains.Count, [.. Path], out Hash256 root) || root != mountains.Root)
        {
            return null;
        }

        var nodes = new List<MountainNode>();
        ulong index = height.Value;
        ulong last = mountains.Count - 1;
        int next = 0;
        for (int level = 0; last != 0; level++, index >>= 1, last >>= 1)
        {
            ulong sibling = index ^ 1;
            if (sibling > last)
            {
                continue;
            }

            if ((sibling + 1) << level <= mountains.Count)
            {
                nodes.Add(new MountainNode(level, sibling, Path[next]));
            }

            next++;
        }

        return (header, nodes);
    }
}
