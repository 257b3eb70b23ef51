using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks.Tests;

public class MicroblockContentTests
{
    private static readonly BlockContent Content = BlockContent.Create(SampleHeader.Of(Consensus.Microblocks.BlockPayload.Empty), Consensus.Microblocks.BlockPayload.Empty);
    private static readonly BlockRef Block = new(Content.Hash, Content.Header.Height, Content.Header.View, Content.Header.PreviousHash, new View(4));

    [Fact]
    public void Content_is_the_block_s_when_hash_height_view_and_parent_are()
    {
        var matcher = new MicroblockContent();
        Assert.True(matcher.Matches(Block, Content.Encoded.Span));

        // What the header does not say, the signed vote does.
        Assert.True(matcher.Matches(Block with { ParentView = new View(5) }, Content.Encoded.Span));
        foreach (BlockRef other in (BlockRef[])
        [
            Block with { Hash = Hash256.Of("other"u8) }, Block with { Height = Block.Height.Next }, Block with { View = Block.View.Next }, Block with { ParentHash = Hash256.Of("other"u8) },
        ])
        {
            Assert.False(matcher.Matches(other, Content.Encoded.Span));
        }

        Assert.False(matcher.Matches(Block, Content.Encoded.Span[..^1]));
    }
}
