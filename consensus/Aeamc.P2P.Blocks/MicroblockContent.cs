using Aeamc.P2P.Consensus.Votes;

namespace Aeamc.P2P.Blocks;

/// <summary>The verifier's port to this node's proposal content.</summary>
public sealed class MicroblockContent : IProposalContent
{
    public bool Matches(in BlockRef block, ReadOnlySpan<byte> content) =>
        BlockContent.TryDecode(content, out BlockContent? decoded)
        && decoded.Hash == block.Hash
        && decoded.Header.Height == block.Height
        && decoded.Header.View == block.View
        && decoded.Header.PreviousHash == block.ParentHash;
}
