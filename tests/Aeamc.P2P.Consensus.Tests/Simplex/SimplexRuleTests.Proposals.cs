using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Simplex;

/// <summary>Rules 2, 3 and 4: proposing, judging a proposal, and notarizing it.</summary>
public sealed partial class SimplexRuleTests
{
    // Rule 2

    [Fact]
    public void Rule02_the_leader_builds_on_the_finalized_block_and_proposes_with_its_own_notarize()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(1), Fast);
        Assert.Equal(_world.Genesis, leader.The<Effect.BuildProposal>().Parent);

        BlockRef block = World.Block(_world.Genesis, 1);
        leader.Do(new Input.ProposalBuilt(block, block.Hash.ToArray()));

        Assert.Equal([Notarize(block)], leader.Signed);
        var proposal = Assert.IsType<Proposal>(leader.The<Effect.Broadcast>().Message);
        Assert.Equal(VerificationResult.Valid, _world.Verifier.Verify(proposal, out _));
        Assert.IsType<WalRecord.Proposed>(leader.Effects.OfType<Effect.Append>().First().Record);
        Assert.False(leader.The<Effect.SignVote>().Send);
    }

    [Fact]
    public void Rule02_the_leader_builds_on_a_certified_block_over_nullified_views()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(3), Fast);
        BlockRef one = World.Block(_world.Genesis, 1);
        leader.Notarized(one);
        leader.Certify(one);
        leader.Nullified(2);

        Assert.Equal(one, leader.The<Effect.BuildProposal>().Parent);
    }

    [Fact]
    public void Rule02_a_gap_without_evidence_is_fetched_before_building()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(4), Fast);
        leader.Nullified(3);
        Assert.False(leader.Has<Effect.BuildProposal>());
        var request = Assert.IsType<CertificatesRequest>(leader.The<Effect.SendTo>().Message);
        Assert.Equal(2UL, request.From.Value);

        leader.Nullified(2);
        Assert.False(leader.Has<Effect.BuildProposal>());
        leader.Nullified(1);
        Assert.Equal(_world.Genesis, leader.The<Effect.BuildProposal>().Parent);
    }

    [Fact]
    public void Rule02_a_notarized_block_is_built_on_only_when_it_is_certified()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(3), Fast);
        BlockRef one = World.Block(_world.Genesis, 1);
        leader.Notarized(one);
        leader.Nullified(2);
        Assert.False(leader.Has<Effect.BuildProposal>());

        leader.Certify(one);
        Assert.Equal(one, leader.The<Effect.BuildProposal>().Parent);
    }

    [Fact]
    public void Rule02_a_block_built_too_late_or_twice_is_not_proposed()
    {
        BlockRef block = World.Block(_world.Genesis, 1), other = World.Block(_world.Genesis, 1, "other");
        CoreDriver nullified = CoreDriver.Started(_world, _world.LeaderOf(1), Fast);
        nullified.Fire(TimerKind.Advance).Do(new Input.ProposalBuilt(block, block.Hash.ToArray()));
        Assert.Equal([Nullify(1)], nullified.Signed);

        CoreDriver gone = CoreDriver.Started(_world, _world.LeaderOf(1), Fast);
        gone.Nullified(1).Do(new Input.ProposalBuilt(block, block.Hash.ToArray()));
        Assert.Empty(gone.Signed);

        CoreDriver twice = CoreDriver.Started(_world, _world.LeaderOf(1), Fast);
        twice.Do(new Input.ProposalBuilt(block, block.Hash.ToArray())).Do(new Input.ProposalBuilt(other, other.Hash.ToArray()));
        Assert.Equal([Notarize(block)], twice.Signed);
    }

    [Fact]
    public void Rule02_a_leader_that_cannot_build_nullifies()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(1), Fast);
        leader.Do(new Input.BuildFailed(new View(1)));

        Assert.Equal([Nullify(1)], leader.Signed);
        Assert.Equal(NullifyReason.BuildFailed, leader.The<Effect.ReportNullified>().Reason);
    }

    [Fact]
    public void Rule02_a_block_that_the_host_built_on_another_parent_stops_the_node()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(1), Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        foreach (BlockRef wrong in (BlockRef[])[block with { ParentHash = Hash256.Of("other"u8) }, block with { Height = new Height(2) }])
        {
            Assert.Throws<InvariantException>(() => leader.Do(new Input.ProposalBuilt(wrong, wrong.Hash.ToArray())));
        }

        Assert.Empty(leader.Signed);
    }

    [Fact]
    public void Rule02_a_failure_to_build_in_a_view_that_is_over_nullifies_nothing()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(1), Fast);
        leader.Nullified(1).Do(new Input.BuildFailed(new View(1)));

        Assert.Empty(leader.Signed);
    }

    // Rule 3

    [Fact]
    public void Rule03_the_first_proposal_cancels_the_leader_timer_and_is_verified_then_notarized()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);

        node.Propose(block);
        Assert.True(node.Has<Effect.CancelTimer>(t => t.Kind == TimerKind.Leader));
        Assert.Equal(300, node.Timer(TimerKind.Advance));
        Assert.Equal(_world.Genesis, node.The<Effect.VerifyProposal>().Parent);
        Assert.Empty(node.Signed);

        node.Do(new Input.ProposalVerified(block.View, block.Hash, true));
        Assert.Equal([Notarize(block)], node.Signed);
        Assert.True(node.The<Effect.SignVote>().Send);
    }

    [Fact]
    public void Rule03_an_invalid_proposal_is_nullified()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Propose(block);
        node.Do(new Input.ProposalVerified(block.View, block.Hash, false));

        Assert.Equal([Nullify(1)], node.Signed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rule03_a_proposal_with_a_wrong_parent_or_height_is_nullified_without_asking_the_host(bool wrongParent)
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Propose(wrongParent ? block with { ParentHash = Hash256.Of("other"u8) } : block with { Height = new Height(2) });

        Assert.False(node.Has<Effect.VerifyProposal>());
        Assert.Equal([Nullify(1)], node.Signed);
    }

    [Fact]
    public void Rule03_a_proposal_beside_the_finalized_block_is_nullified()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef one = World.Block(_world.Genesis, 1);
        node.Finalized(one).Propose(World.Block(one, 2) with { ParentView = View.Zero });

        Assert.Equal([Nullify(2)], node.Signed);
    }

    [Fact]
    public void Rule03_a_verdict_counts_only_for_the_block_that_was_asked_about()
    {
        CoreDriver node = CoreDriver.Follower(_world, 3, Fast);
        BlockRef one = World.Block(_world.Genesis, 1);
        node.Propose(one).Do(new Input.ProposalVerified(one.View, World.Block(_world.Genesis, 1, "other").Hash, true));
        Assert.Empty(node.Signed);

        BlockRef three = World.Block(one, 3);
        node.Nullified(2).Propose(three).Do(new Input.ProposalVerified(three.View, three.Hash, true));
        Assert.Empty(node.Signed);
    }

    [Fact]
    public void Rule03_missing_parent_evidence_is_asked_of_that_leader_and_the_proposal_verified_once_it_is_here()
    {
        CoreDriver node = CoreDriver.Follower(_world, 3, Fast);
        BlockRef one = World.Block(_world.Genesis, 1);
        BlockRef three = World.Block(one, 3);
        node.Nullified(2);
        node.Propose(three);

        Effect.SendTo asked = node.The<Effect.SendTo>();
        Assert.Equal(_world.Committee[_world.LeaderOf(3)], asked.Peer);
        Assert.Equal(1UL, Assert.IsType<CertificatesRequest>(asked.Message).From.Value);

        node.Notarized(one);
        Assert.False(node.Has<Effect.VerifyProposal>());
        node.Certify(one);
        Assert.Equal(one, node.The<Effect.VerifyProposal>().Parent);
    }

    [Fact]
    public void Rule03_a_split_certificate_heals_a_nullification_is_asked_for_below_our_own_certified_block()
    {
        CoreDriver node = CoreDriver.Follower(_world, 2, Fast);
        BlockRef one = World.Block(_world.Genesis, 1);
        node.Notarized(one);
        node.Certify(one);
        Assert.Equal(2UL, node.Core.CurrentView.Value);

        BlockRef two = World.Block(_world.Genesis, 2);
        node.Propose(two);
        Assert.Equal(1UL, Assert.IsType<CertificatesRequest>(node.The<Effect.SendTo>().Message).From.Value);
        node.Nullified(1);
        Assert.Equal(_world.Genesis, node.The<Effect.VerifyProposal>().Parent);
    }

    [Fact]
    public void Rule03_a_proposal_that_came_before_its_view_needs_no_leader_timer()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Propose(World.Block(_world.Genesis, 2));
        Assert.False(node.Has<Effect.VerifyProposal>());

        node.Nullified(1);
        Assert.True(node.Has<Effect.VerifyProposal>());
        Assert.False(node.Has<Effect.SetTimer>(t => t.Kind == TimerKind.Leader));
        node.Fire(TimerKind.Leader);
        Assert.Empty(node.Effects);
    }

    // Rule 4

    [Fact]
    public void Rule04_notarizes_once_per_view()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.ProposeVerified(block);
        node.Do(new Input.ProposalVerified(block.View, block.Hash, true));
        node.Propose(World.Block(_world.Genesis, 1, "other"));

        Assert.Equal([Notarize(block)], node.Signed);
    }

    [Fact]
    public void Rule04_never_notarizes_after_its_own_nullify()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Propose(block);
        node.Fire(TimerKind.Advance);
        node.Do(new Input.ProposalVerified(block.View, block.Hash, true));

        Assert.Equal([Nullify(1)], node.Signed);
    }

    [Fact]
    public void Rule04_two_notarizes_by_another_than_the_leader_do_not_spoil_the_proposal()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Vote(_world.LeaderOf(2), Notarize(block)).Vote(_world.LeaderOf(2), Notarize(World.Block(_world.Genesis, 1, "other")));
        node.ProposeVerified(block);

        Assert.Equal([Notarize(block)], node.Signed);
    }

    [Fact]
    public void Rule04_never_notarizes_after_seeing_the_leader_equivocate_and_reports_it()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Propose(block);
        node.Propose(World.Block(_world.Genesis, 1, "other"));

        EquivocationEvidence evidence = node.The<Effect.ReportEvidence>().Evidence;
        Assert.Equal(EquivocationKind.TwoNotarizes, evidence.Kind);
        Assert.Equal(_world.LeaderOf(1), evidence.Offender);
        Assert.Equal(VerificationResult.Valid, evidence.Verify(_world.Verifier));

        node.Do(new Input.ProposalVerified(block.View, block.Hash, true));
        Assert.Empty(node.Signed);
    }
}
