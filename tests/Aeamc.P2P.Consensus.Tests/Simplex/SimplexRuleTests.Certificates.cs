using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;

namespace Aeamc.P2P.Consensus.Tests.Simplex;

/// <summary>Rules 5, 6 and 9: what follows from a quorum.</summary>
public sealed partial class SimplexRuleTests
{
    // Rule 5

    [Fact]
    public void Rule05_a_quorum_of_notarizes_is_certified_unverified_with_the_advance_timer_armed()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Votes(Notarize(block), 3);

        Assert.Equal(block, node.The<Effect.Certify>().Notarization.Block);
        Assert.Equal(1UL, node.Core.CurrentView.Value);
        Assert.False(node.Has<Effect.CancelTimer>(t => t.Kind == TimerKind.Advance));

        node.Fire(TimerKind.Advance);
        Assert.Equal([Nullify(1)], node.Signed);
    }

    [Fact]
    public void Rule05_certified_enters_the_next_view_and_finalizes()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.ProposeVerified(block).Notarized(block);
        node.Certify(block);

        Assert.Equal([Notarize(block), Finalize(block)], node.Signed);
        Assert.Equal(2UL, node.Core.CurrentView.Value);
    }

    [Fact]
    public void Rule05_no_finalize_after_seeing_the_leader_equivocate()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Propose(block);
        node.Propose(World.Block(_world.Genesis, 1, "other"));
        node.Notarized(block);
        node.Certify(block);

        Assert.Empty(node.Signed);
        Assert.Equal(2UL, node.Core.CurrentView.Value);
    }

    [Fact]
    public void Rule05_no_finalize_for_another_block_than_the_one_notarized_here()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        BlockRef other = World.Block(_world.Genesis, 1, "other");
        node.ProposeVerified(block).Notarized(other);
        node.Certify(other);

        Assert.Equal([Notarize(block)], node.Signed);
    }

    [Fact]
    public void Rule05_failed_certification_nullifies_and_refuses_children()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Notarized(block);
        node.Certify(block, valid: false);
        Assert.Equal(NullifyReason.CertificationFailed, node.The<Effect.ReportNullified>().Reason);

        node.Nullified(1);
        node.Propose(World.Block(block, 2));
        Assert.Equal([Nullify(1), Nullify(2)], node.Signed);
    }

    // Rule 6

    [Fact]
    public void Rule06_certification_goes_on_after_our_nullify_without_a_finalize_vote()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Notarized(block);
        node.Fire(TimerKind.Advance);
        Assert.False(node.Has<Effect.AbandonCertify>());
        node.Certify(block);

        Assert.Equal([Nullify(1)], node.Signed);
        Assert.Equal(2UL, node.Core.CurrentView.Value);
    }

    [Fact]
    public void Rule06_certification_goes_on_below_a_nullification_and_is_abandoned_at_a_finalization()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef one = World.Block(_world.Genesis, 1);
        node.Notarized(one);
        node.Nullified(1);
        Assert.False(node.Has<Effect.AbandonCertify>());

        BlockRef two = World.Block(one, 2);
        node.Finalized(two);
        Assert.Equal(2UL, node.The<Effect.AbandonCertify>().Through.Value);
        node.Certify(one);
        Assert.Empty(node.Effects);
    }

    // Rule 9

    [Fact]
    public void Rule09_a_quorum_of_finalizes_commits_the_block_and_its_ancestors_while_later_views_run()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef one = World.Block(_world.Genesis, 1);
        BlockRef two = World.Block(one, 2);
        node.Notarized(one);
        node.Certify(one);
        node.Notarized(two);
        node.Certify(two);
        node.Nullified(3);
        Assert.Equal(4UL, node.Core.CurrentView.Value);

        node.Votes(Finalize(two), 3);
        Effect.Finalized finalized = node.The<Effect.Finalized>();
        Assert.Equal([one, two], finalized.Blocks);
        Assert.Equal(two, node.Core.LastFinalized);
        Assert.Equal(4UL, node.Core.CurrentView.Value);
    }

    [Fact]
    public void Rule09_a_finalization_of_a_block_never_seen_moves_on_and_names_the_parent_to_fetch()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef far = World.Block(World.Block(World.Block(_world.Genesis, 5), 7), 9);
        node.Finalized(far);

        Assert.Equal([far], node.The<Effect.Finalized>().Blocks);
        Assert.Equal(10UL, node.Core.CurrentView.Value);
    }

    [Fact]
    public void Rule09_a_finalization_beside_the_finalized_chain_halts()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Finalized(World.Block(_world.Genesis, 2));
        node.Finalized(World.Block(_world.Genesis, 3));

        Assert.Equal(HaltReason.ConflictingCertificates, node.The<Effect.Halt>().Reason);
        Assert.Empty(node.Do(new Input.Start()).Effects);
    }

    [Fact]
    public void Rule09_nullification_and_finalization_of_one_view_halt()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Nullified(1);
        node.Finalized(World.Block(_world.Genesis, 1));

        Assert.True(node.Core.IsHalted);
    }
}
