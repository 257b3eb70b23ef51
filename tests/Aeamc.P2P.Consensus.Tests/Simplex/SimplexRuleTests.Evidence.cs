using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Simplex;

/// <summary>Rule 14: signatures held against each other, and what a conviction costs.</summary>
public sealed partial class SimplexRuleTests
{
    private NodeIndex[] Others(CoreDriver node) => [.. Enumerable.Range(0, _world.Committee.Count).Select(i => new NodeIndex((ushort)i)).Where(i => i != node.Self)];

    private EquivocationEvidence Reported(CoreDriver node, NodeIndex offender, EquivocationKind kind)
    {
        EquivocationEvidence evidence = node.The<Effect.ReportEvidence>().Evidence;
        Assert.Equal((offender, kind), (evidence.Offender, evidence.Kind));
        Assert.Equal(VerificationResult.Valid, evidence.Verify(_world.Verifier));
        return evidence;
    }

    [Fact]
    public void Rule14_a_vote_is_held_against_the_signature_inside_a_certificate()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        NodeIndex offender = Others(node)[0];
        BlockRef block = World.Block(_world.Genesis, 1), other = World.Block(_world.Genesis, 1, "other");
        node.Notarized(block);

        node.Vote(offender, Notarize(other));

        Reported(node, offender, EquivocationKind.TwoNotarizes);
        node.Vote(offender, Notarize(World.Block(_world.Genesis, 1, "third")));
        Assert.False(node.Has<Effect.ReportEvidence>());
    }

    [Fact]
    public void Rule14_a_certificate_is_held_against_the_votes_that_came_before_it()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        NodeIndex offender = Others(node)[1];
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Vote(offender, Statement.Nullify(_world.Epoch, new View(1)));

        node.Finalized(block);

        Reported(node, offender, EquivocationKind.NullifyAndFinalize);
    }

    [Fact]
    public void Rule14_a_vote_for_a_view_that_is_final_is_held_against_its_finalization()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Finalized(World.Block(_world.Genesis, 1));

        node.Vote(Others(node)[0], Statement.Nullify(_world.Epoch, new View(1)));

        Reported(node, Others(node)[0], EquivocationKind.NullifyAndFinalize);
    }

    [Fact]
    public void Rule14_two_certificates_that_exclude_each_other_name_everyone_in_both_before_the_node_stops()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        NodeIndex[] others = Others(node);
        BlockRef block = World.Block(_world.Genesis, 1), other = World.Block(_world.Genesis, 1, "other");
        node.Do(new Input.CertificateReceived(_world.Verified(_world.CertificateBy(others, Notarize(block)))));

        node.Do(new Input.CertificateReceived(_world.Verified(_world.CertificateBy(others, Notarize(other)))));

        Assert.Equal(others, node.Effects.OfType<Effect.ReportEvidence>().Select(report => report.Evidence.Offender).Order());
        Assert.All(node.Effects.OfType<Effect.ReportEvidence>(), report => Assert.Equal(VerificationResult.Valid, report.Evidence.Verify(_world.Verifier)));
        Assert.IsType<Effect.Halt>(node.Effects[^1]);
    }

    [Fact]
    public void Rule14_what_an_honest_member_may_sign_beside_a_certificate_is_no_evidence()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        var effects = new List<Effect>();
        node.Notarized(block);
        foreach (NodeIndex member in Others(node))
        {
            // Notarized, then gave up; or voted once more, as after a restart; or finalized as well.
            foreach (Statement statement in (Statement[])[Notarize(block), Statement.Finalize(_world.Epoch, block), Statement.Nullify(_world.Epoch, new View(2))])
            {
                node.Vote(member, statement);
                effects.AddRange(node.Effects);
            }
        }

        node.Nullified(2);
        effects.AddRange(node.Effects);
        Assert.DoesNotContain(effects, effect => effect is Effect.ReportEvidence);
    }

    [Fact]
    public void Rule14_a_convicted_leader_has_no_turn_and_its_proposal_no_vote()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Do(new Input.MembersConvicted([_world.LeaderOf(2), new NodeIndex(99)]));
        Assert.Empty(node.Effects);

        node.Nullified(1);

        Assert.Equal(new Effect.ReportNullified(new View(2), NullifyReason.LeaderConvicted), node.The<Effect.ReportNullified>());
        Assert.True(node.HasSigned(Statement.Nullify(_world.Epoch, new View(2))));
        BlockRef block = World.Block(_world.Genesis, 2);
        node.Propose(block);
        Assert.False(node.Has<Effect.VerifyProposal>());

        // Whoever has not heard of the conviction may still vote for it: the view can end with its block, and the node goes on with it.
        node.Notarized(block);
        node.Certify(block);
        Assert.Equal(3UL, node.Core.CurrentView.Value);
        Assert.False(node.HasSigned(Statement.Finalize(_world.Epoch, block)));
    }

    [Fact]
    public void Rule14_more_convicted_members_than_the_assumption_allows_keep_their_turns()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Do(new Input.MembersConvicted([_world.LeaderOf(2)]));
        node.Do(new Input.MembersConvicted([_world.LeaderOf(3), new NodeIndex(99)]));

        node.Nullified(1);

        Assert.False(node.Has<Effect.ReportNullified>());
        Assert.Equal(6000 + 200, node.Timer(TimerKind.Leader));
    }
}
