using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Chain;

public class BlockTreeTests
{
    private static readonly BlockRef Genesis = BlockRef.Genesis(Hash256.Of("genesis"u8));

    private static ChainBlock Block(BlockRef reference) =>
        new(reference, null) { Timestamp = default, BeaconHash = default, Executed = new ExecutedBlock([], null, null!, MerkleMountainRange.Empty, []) };

    private static BlockRef Child(BlockRef parent, string name = "") =>
        parent.Child(Hash256.Of(System.Text.Encoding.UTF8.GetBytes($"{name}{parent.Hash}")), parent.View.Next);

    [Fact]
    public void A_known_block_is_kept_and_one_at_or_below_the_head_is_not_taken()
    {
        var tree = new BlockTree(Block(Genesis));
        ChainBlock first = Block(Child(Genesis));

        Assert.Same(first, tree.Add(first));
        Assert.Same(first, tree.Add(Block(first.Ref)));
        tree.Commit(first);
        Assert.Null(tree.Add(Block(Child(Genesis, "late"))));
    }

    [Fact]
    public void Committing_drops_what_does_not_descend_from_the_new_head_and_keeps_orphans()
    {
        var tree = new BlockTree(Block(Genesis));
        ChainBlock winner = tree.Add(Block(Child(Genesis)))!;
        ChainBlock loser = tree.Add(Block(Child(Genesis, "loser")))!;
        ChainBlock ofWinner = tree.Add(Block(Child(winner.Ref)))!;
        ChainBlock ofLoser = tree.Add(Block(Child(loser.Ref)))!;
        ChainBlock below = tree.Add(Block(Child(ofLoser.Ref)))!;
        ChainBlock orphan = tree.Add(Block(Child(Child(ofWinner.Ref))))!;

        tree.Commit(winner);

        Assert.Same(winner, tree.Head);
        Assert.Equal([winner, ofWinner, orphan], tree.Blocks.OrderBy(block => block.Ref.Height));
        Assert.False(tree.TryGet(below.Ref.Hash, out _));
    }

    [Fact]
    public void A_full_tree_gives_up_the_farthest_block_for_one_nearer_to_the_head()
    {
        var tree = new BlockTree(Block(Genesis));
        BlockRef missing = Child(Genesis);
        var far = new BlockRef(Hash256.Of("far"u8), new Height(2), new View(2), missing.Hash, missing.View);
        for (int i = 1; i < BlockTree.MaximumBlocks; i++)
        {
            Assert.NotNull(tree.Add(Block(far)));
            far = Child(far);
        }

        Assert.Null(tree.Add(Block(far)));
        Assert.NotNull(tree.Add(Block(missing)));
        Assert.Equal(BlockTree.MaximumBlocks, tree.Blocks.Count());
        Assert.Equal(missing.Hash, tree.Blocks.Single(block => block.Ref.Height == new Height(1)).Ref.Hash);
    }
}
