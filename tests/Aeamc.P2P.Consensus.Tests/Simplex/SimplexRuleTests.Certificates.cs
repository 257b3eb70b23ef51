using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

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
    public void Rule05_a_notarization_of_another_block_than_the_proposal_shows_that_the_leader_equivocated()
    {
        // Without the leader's own signature in it, so that nothing but the rule says so.
        var world = new World(7);
        CoreDriver node = CoreDriver.Follower(world, options: Fast);
        BlockRef other = World.Block(world.Genesis, 1, "other");
        IEnumerable<NodeIndex> voters = Enumerable.Range(0, 7).Select(i => new NodeIndex((ushort)i)).Where(i => i != node.Self && i != world.LeaderOf(1));
        node.Propose(World.Block(world.Genesis, 1));
        node.Do(new Input.CertificateReceived(world.Verified(world.CertificateBy(voters, Statement.Notarize(world.Epoch, other)))));
        node.Certify(other);

        Assert.Empty(node.Signed);
        Assert.Equal(2UL, node.Core.CurrentView.Value);
    }

    [Fact]
    public void Rule05_one_members_vote_counts_once()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        for (int i = 0; i < 4; i++)
        {
            node.Vote(_world.LeaderOf(2), Nullify(1));
        }

        Assert.Equal(1UL, node.Core.CurrentView.Value);
    }

    [Fact]
    public void Rule05_a_verdict_on_another_block_is_none_and_a_failure_in_a_view_that_is_over_nullifies_nothing()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Notarized(block);
        Assert.Empty(node.Certify(World.Block(_world.Genesis, 1, "other")).Effects);

        node.Nullified(1);
        node.Certify(block, valid: false);
        Assert.Empty(node.Signed);
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
    public void Rule09_a_finalization_below_the_last_one_changes_nothing()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef one = World.Block(_world.Genesis, 1), two = World.Block(one, 2);
        node.Finalized(two);

        Assert.Empty(node.Finalized(one).Effects);
        Assert.Equal(two, node.Core.LastFinalized);
    }

    [Fact]
    public void Rule09_a_certificate_that_is_held_already_is_written_once()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        Assert.True(node.Notarized(block).Has<Effect.Append>());

        Assert.Empty(node.Notarized(block).Effects);
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

    [Fact]
    public void Rule09_certificates_for_two_blocks_of_one_view_halt_in_every_order()
    {
        BlockRef block = World.Block(_world.Genesis, 1), other = World.Block(_world.Genesis, 1, "other");
        (Statement First, Statement Second)[] pairs =
        [
            (Notarize(block), Notarize(other)), (Notarize(block), Finalize(other)), (Finalize(block), Notarize(other)), (Finalize(block), Finalize(other)),
            (Finalize(block), Nullify(1)), (Nullify(1), Finalize(block)),
        ];
        foreach ((Statement first, Statement second) in pairs)
        {
            CoreDriver node = CoreDriver.Follower(_world, options: Fast);
            node.Certificate(first).Certificate(second);
            Assert.True(node.Core.IsHalted, $"{first} and then {second}");
        }
    }

    [Fact]
    public void Rule09_a_block_that_is_not_the_parent_by_hash_is_not_committed_with_the_child()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Propose(World.Block(_world.Genesis, 1));
        BlockRef two = World.Block(World.Block(_world.Genesis, 1, "other"), 2);
        node.Finalized(two);

        Assert.Equal([two], node.The<Effect.Finalized>().Blocks);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nullify_and_Finalize_of_one_member_are_reported_once_in_either_order(bool nullifyFirst)
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        NodeIndex offender = _world.LeaderOf(2);
        BlockRef block = World.Block(_world.Genesis, 1);
        Statement[] votes = nullifyFirst ? [Nullify(1), Finalize(block)] : [Finalize(block), Nullify(1)];
        Assert.False(node.Vote(offender, votes[0]).Has<Effect.ReportEvidence>());
        Assert.Equal(EquivocationKind.NullifyAndFinalize, node.Vote(offender, votes[1]).The<Effect.ReportEvidence>().Evidence.Kind);

        string[] more = ["second", "third"];
        Assert.True(node.Vote(offender, Finalize(World.Block(_world.Genesis, 1, more[0]))).Has<Effect.ReportEvidence>());
        Assert.False(node.Vote(offender, Finalize(World.Block(_world.Genesis, 1, more[1]))).Has<Effect.ReportEvidence>());
    }
}
