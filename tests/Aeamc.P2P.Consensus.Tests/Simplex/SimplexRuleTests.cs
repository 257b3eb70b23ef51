using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Simplex;

/// <summary>One section for each rule of RULES.md, in its order.</summary>
public class SimplexRuleTests
{
    private static readonly SimplexOptions Fast = new() { NetworkDelay = 100, IdleInterval = 6000, RetryInterval = 300, SkipViews = 5 };
    private readonly World _world = new();

    private Statement Notarize(BlockRef block) => Statement.Notarize(_world.Epoch, block);

    private Statement Nullify(ulong view) => Statement.Nullify(_world.Epoch, new View(view));

    private Statement Finalize(BlockRef block) => Statement.Finalize(_world.Epoch, block);

    // Rule 1

    [Fact]
    public void Rule01_entering_a_view_sets_the_leader_timer_to_2D_and_the_advance_timer_to_3D_after_the_idle_interval()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);

        Assert.Equal(6000 + 200, node.Timer(TimerKind.Leader));
        Assert.Equal(6000 + 300, node.Timer(TimerKind.Advance));
        Assert.Equal(_world.LeaderOf(1), node.The<Effect.EnteredView>().Leader);
    }

    [Fact]
    public void Rule01_waiting_work_takes_the_idle_interval_away_from_the_leader_at_once()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);

        node.Do(new Input.WorkWaiting(true));
        Assert.Equal(200, node.Timer(TimerKind.Leader));
        Assert.Equal(300, node.Timer(TimerKind.Advance));

        node.Do(new Input.WorkWaiting(true));
        Assert.Empty(node.Effects);
    }

    [Fact]
    public void Rule01_with_work_waiting_the_next_view_has_no_idle_interval_from_its_start()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Do(new Input.WorkWaiting(true)).Nullified(1);

        Assert.Equal(200, node.Timer(TimerKind.Leader));
        Assert.Equal(300, node.Timer(TimerKind.Advance));
    }

    [Fact]
    public void Rule01_a_leader_silent_for_skip_timeout_while_a_quorum_was_active_gets_no_time()
    {
        CoreDriver node = SilentLeader(out ulong view);

        Assert.Equal(view, node.Core.CurrentView.Value);
        Assert.Equal(0, node.Timer(TimerKind.Leader));
        Assert.Equal(0, node.Timer(TimerKind.Advance));
        node.Fire(TimerKind.Leader);
        Assert.Equal(NullifyReason.LeaderSilent, node.The<Effect.ReportNullified>().Reason);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(40)]
    public void Rule01_a_leader_that_never_speaks_costs_one_timeout_and_no_other(int members)
    {
        var world = new World(members);
        NodeIndex self = world.LeaderOf(1);
        NodeIndex gone = world.LeaderOf(2);
        CoreDriver node = CoreDriver.Started(world, self, Fast with { SkipViews = 16 });
        var timeouts = new List<ulong>();
        for (ulong view = 1; view <= 3UL * (ulong)members; view++)
        {
            int? time = null;
            for (ushort i = 0; i < members; i++)
            {
                if (new NodeIndex(i) != gone && new NodeIndex(i) != self)
                {
                    node.Vote(new NodeIndex(i), Statement.Nullify(world.Epoch, new View(view)));
                    time ??= node.Core.CurrentView.Value > view ? node.Timer(TimerKind.Leader) : null;
                }
            }

            // With n = 4 the others are no quorum without this node.
            time ??= node.Fire(TimerKind.Leader).Timer(TimerKind.Leader);
            Assert.Equal(view + 1, node.Core.CurrentView.Value);
            Assert.True(time > 0 || world.LeaderOf(view + 1) == gone, $"view {view + 1} got no time");
            if (world.LeaderOf(view + 1) == gone && time > 0)
            {
                timeouts.Add(view + 1);
            }
        }

        Assert.Equal([2UL], timeouts);
    }

    [Fact]
    public void Rule01_a_leader_whose_last_turn_went_well_gets_its_time_though_it_missed_the_views_since()
    {
        var late = new NodeIndex(3);
        CoreDriver node = CoreDriver.Started(_world, new NodeIndex(0), Fast with { SkipViews = 16 });
        ulong turn = 1;
        for (; _world.LeaderOf(turn) != late; turn++)
        {
            NullifyWithoutTheLast(node, turn);
        }

        node.Finalized(World.Block(_world.Genesis, turn));
        for (ulong view = turn + 1; view < turn + 4; view++)
        {
            NullifyWithoutTheLast(node, view);
        }

        Assert.True(node.Timer(TimerKind.Leader) > 0);
        for (ulong view = turn + 4; view < turn + 8; view++)
        {
            NullifyWithoutTheLast(node, view);
        }

        Assert.Equal(late, _world.LeaderOf(turn + 8));
        Assert.Equal(0, node.Timer(TimerKind.Leader));
    }

    [Fact]
    public void Rule01_a_leader_heard_of_too_late_to_count_is_not_silent()
    {
        CoreDriver node = SilentLeader(out ulong view);
        var late = new NodeIndex(3);
        while (view <= 10 || _world.LeaderOf(view) != late)
        {
            node.Do(new Input.MemberHeard(late, new View(view)));
            node.Nullified(view++);
        }

        Assert.True(node.Timer(TimerKind.Leader) > 0);
        node.Do(new Input.MemberHeard(new NodeIndex(4), new View(1)));
        node.Do(new Input.MemberHeard(late, new View(view + 1000)));
        Assert.True(node.Core.Knows(Nullify(view - 1)));
        Assert.False(node.Core.Knows(Nullify(view)));
    }

    [Fact]
    public void Rule01_a_silent_leader_that_proposes_after_all_gets_its_view_back()
    {
        CoreDriver node = SilentLeader(out ulong view);
        node.Propose(World.Block(_world.Genesis, view));

        Assert.True(node.Has<Effect.CancelTimer>(t => t.Kind == TimerKind.Leader));
        Assert.True(node.Timer(TimerKind.Advance) >= 300);
    }

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
    public void Rule02_a_leader_that_cannot_build_nullifies()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(1), Fast);
        leader.Do(new Input.BuildFailed(new View(1)));

        Assert.Equal([Nullify(1)], leader.Signed);
        Assert.Equal(NullifyReason.BuildFailed, leader.The<Effect.ReportNullified>().Reason);
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

    // Rule 7

    [Theory]
    [InlineData(TimerKind.Leader, NullifyReason.LeaderTimeout)]
    [InlineData(TimerKind.Advance, NullifyReason.AdvanceTimeout)]
    public void Rule07_nullifies_when_a_timer_fires(TimerKind kind, NullifyReason reason)
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Fire(kind);

        Assert.Equal([Nullify(1)], node.Signed);
        Assert.Equal(reason, node.The<Effect.ReportNullified>().Reason);
        Assert.Equal(300, node.Timer(TimerKind.Retry));
        Assert.Equal(1UL, node.Core.CurrentView.Value);
    }

    [Fact]
    public void Rule07_nullifies_on_the_leaders_own_nullify_and_on_nobody_elses()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Vote(_world.LeaderOf(2), Nullify(1));
        Assert.Empty(node.Signed);

        node.Vote(_world.LeaderOf(1), Nullify(1));
        Assert.Equal(NullifyReason.LeaderNullified, node.The<Effect.ReportNullified>().Reason);
    }

    [Fact]
    public void Rule07_never_nullifies_after_its_own_finalize_nor_an_earlier_view()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        node.Notarized(block);
        node.Certify(block);
        node.Do(new Input.TimerFired(TimerKind.Advance, new View(1)));
        node.Vote(_world.LeaderOf(1), Nullify(1));

        Assert.Equal([Finalize(block)], node.Signed);
        Assert.Equal(VoteDecision.NullifyAfterFinalize, node.Guard.Authorize(Nullify(1)));
    }

    // Rule 8

    [Fact]
    public void Rule08_a_quorum_of_nullifies_enters_the_next_view()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Votes(Nullify(1), 3);

        Assert.Equal(2UL, node.Core.CurrentView.Value);
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

    // Rule 10

    [Fact]
    public void Rule10_while_stuck_repeats_the_finalization_the_certificates_above_it_and_all_own_votes()
    {
        CoreDriver node = CoreDriver.Follower(_world, 3, Fast);
        BlockRef one = World.Block(_world.Genesis, 1);
        node.ProposeVerified(one).Finalized(one);
        BlockRef two = World.Block(one, 2);
        node.ProposeVerified(two).Notarized(two);
        node.Certify(two);
        node.Fire(TimerKind.Leader);
        node.Fire(TimerKind.Retry);

        List<ConsensusMessage> said = [.. node.Effects.OfType<Effect.Broadcast>().Select(b => b.Message)];
        Assert.Equal(
            [Finalize(one), Notarize(two), Notarize(two), Finalize(two), Nullify(3)],
            said.Select(m => m switch { Certificate c => c.Statement, Vote v => v.Statement, _ => default }));
        Assert.Equal(300, node.Timer(TimerKind.Retry));
    }

    [Fact]
    public void Rule10_asks_one_member_after_another_for_what_it_may_lack()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Fire(TimerKind.Leader);
        var asked = new HashSet<NodeId>();
        for (int i = 0; i < 3; i++)
        {
            Effect.SendTo sent = node.Fire(TimerKind.Retry).The<Effect.SendTo>();
            Assert.Equal(new CertificatesRequest(_world.Epoch, new View(1), new View(1)), sent.Message);
            asked.Add(sent.Peer);
        }

        Assert.Equal(3, asked.Count);
        Assert.DoesNotContain(_world.Committee[node.Self], asked);
    }

    [Fact]
    public void Rule10_repeats_while_a_view_left_behind_is_not_final_and_not_while_the_leader_waits_for_entries()
    {
        CoreDriver node = CoreDriver.Follower(_world, 3, Fast);
        Assert.Equal(300, node.Fire(TimerKind.Retry).Timer(TimerKind.Retry));
        Assert.Single(node.Effects);

        BlockRef one = World.Block(_world.Genesis, 1);
        node.Notarized(one);
        node.Certify(one);
        node.Fire(TimerKind.Retry);
        Assert.True(node.Has<Effect.Broadcast>(b => b.Message is Vote { Statement.Kind: VoteKind.Finalize }));

        node.Finalized(one);
        Assert.IsType<Effect.SetTimer>(Assert.Single(node.Fire(TimerKind.Retry).Effects));
    }

    [Fact]
    public void Rule10_a_leader_repeats_its_proposal_while_its_view_runs()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(1), Fast);
        BlockRef block = World.Block(_world.Genesis, 1);
        leader.Do(new Input.ProposalBuilt(block, block.Hash.ToArray()));
        leader.Fire(TimerKind.Retry);
        Assert.True(leader.Has<Effect.Broadcast>(b => b.Message is Proposal p && p.Block == block));

        leader.Notarized(block);
        leader.Fire(TimerKind.Retry);
        Assert.False(leader.Has<Effect.Broadcast>(b => b.Message is Proposal));
    }

    [Fact]
    public void Rule10_asks_again_for_evidence_whose_request_may_have_been_lost()
    {
        CoreDriver node = CoreDriver.Follower(_world, 3, Fast);
        BlockRef three = World.Block(World.Block(_world.Genesis, 1), 3);
        node.Nullified(2);
        node.Propose(three);
        Assert.True(node.Has<Effect.SendTo>(s => s.Message is CertificatesRequest));
        node.Propose(three);
        Assert.False(node.Has<Effect.SendTo>());

        node.Fire(TimerKind.Retry);
        Assert.True(node.Has<Effect.SendTo>(s => s.Peer == _world.Committee[_world.LeaderOf(3)] && s.Message is CertificatesRequest { From.Value: 1 }));
    }

    [Fact]
    public void Rule10_the_timer_of_a_view_ends_with_it()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Fire(TimerKind.Leader);
        node.Nullified(1);

        Assert.Equal(2UL, node.The<Effect.SetTimer>(t => t.Kind == TimerKind.Retry).View.Value);
        Assert.Empty(node.Do(new Input.TimerFired(TimerKind.Retry, new View(1))).Effects);
    }

    // Rule 11

    [Fact]
    public void Rule11_timeouts_grow_beyond_the_last_finalized_view_up_to_a_limit_and_fall_back_on_progress()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast with { MaximumNetworkDelay = 400, SkipViews = 1000 });
        node.Do(new Input.WorkWaiting(true));
        int[] leader = [.. Enumerable.Range(1, 7).Select(v =>
        {
            foreach (NodeIndex member in (NodeIndex[])[new(0), new(1), new(2), new(3)])
            {
                if (member != node.Self)
                {
                    node.Vote(member, Statement.Finalize(_world.Epoch, World.Block(_world.Genesis, (ulong)v, $"{member}")));
                }
            }

            return node.Nullified((ulong)v).Timer(TimerKind.Leader);
        })];
        Assert.Equal([200, 300, 450, 674, 800, 800, 800], leader);

        node.Finalized(World.Block(_world.Genesis, 8));
        Assert.Equal(200, node.Timer(TimerKind.Leader));
    }

    // Rule 12

    [Fact]
    public void Rule12_votes_beyond_the_next_view_are_ignored_certificates_of_any_view_are_taken()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        Vote far = _world.Vote(_world.LeaderOf(1), Nullify(3));
        Assert.False(node.Core.IsWanted(far));
        node.Votes(Nullify(3), 3);
        Assert.Empty(node.Effects);
        Assert.Equal(1UL, node.Core.CurrentView.Value);

        Assert.True(node.Core.IsWanted(_world.Vote(_world.LeaderOf(1), Nullify(2))));
        Certificate certificate = _world.Certificate(Nullify(1000));
        Assert.True(node.Core.IsWanted(certificate));
        node.Nullified(1000);
        Assert.Equal(1001UL, node.Core.CurrentView.Value);
        Assert.False(node.Core.IsWanted(certificate));
    }

    [Fact]
    public void Rule12_views_below_the_retention_are_forgotten_and_memory_is_bounded()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast with { RetainedViews = 8 });
        BlockRef parent = _world.Genesis;
        for (ulong view = 1; view <= 200; view++)
        {
            BlockRef block = World.Block(parent, view);
            node.Finalized(block);
            for (ulong old = 1; old <= view; old += 3)
            {
                node.Vote(_world.LeaderOf(1), Nullify(old));
            }

            Assert.True(node.Core.TrackedViews <= 8 + 3, $"{node.Core.TrackedViews} views in memory");
            parent = block;
        }
    }

    // Rule 13

    [Fact]
    public void Rule13_the_next_leader_alone_sends_a_notarization_and_nobody_a_finalization()
    {
        BlockRef block = World.Block(_world.Genesis, 1);
        for (ushort i = 0; i < 4; i++)
        {
            var self = new NodeIndex(i);
            CoreDriver node = CoreDriver.Started(_world, self, Fast);
            node.Votes(Notarize(block), 3);
            Assert.Equal(_world.LeaderOf(2) == self, node.Has<Effect.Broadcast>(b => b.Message is Certificate { Kind: VoteKind.Notarize }));
            node.Votes(Finalize(block), 3);
            Assert.True(node.Has<Effect.Finalized>());
            Assert.False(node.Has<Effect.Broadcast>(b => b.Message is Certificate));
        }
    }

    [Fact]
    public void Rule13_the_next_three_leaders_send_a_nullification()
    {
        var world = new World(7);
        for (ushort i = 0; i < 7; i++)
        {
            var self = new NodeIndex(i);
            var driver = CoreDriver.Started(world, self, Fast);
            driver.Votes(Statement.Nullify(world.Epoch, new View(1)), 5);
            bool relays = world.LeaderOf(2) == self || world.LeaderOf(3) == self || world.LeaderOf(4) == self;
            Assert.Equal(relays, driver.Has<Effect.Broadcast>(b => b.Message is Certificate { Kind: VoteKind.Nullify }));
        }
    }

    [Fact]
    public void Rule13_more_than_f_votes_in_the_next_view_make_it_ask_for_what_ended_this_one_once()
    {
        var world = new World(7);
        CoreDriver node = CoreDriver.Follower(world, 4, Fast);
        NodeIndex[] others = [.. Enumerable.Range(0, 7).Select(i => new NodeIndex((ushort)i)).Where(i => i != node.Self)];
        Statement ahead = Statement.Nullify(world.Epoch, new View(2));
        Assert.False(node.Vote(others[0], ahead).Has<Effect.SendTo>());
        Assert.False(node.Vote(others[1], ahead).Has<Effect.SendTo>());

        Effect.SendTo asked = node.Vote(others[2], ahead).The<Effect.SendTo>();
        Assert.Equal(world.Committee[others[2]], asked.Peer);
        Assert.Equal(new CertificatesRequest(world.Epoch, new View(1), new View(1)), asked.Message);
        Assert.False(node.Vote(others[3], ahead).Has<Effect.SendTo>());
    }

    [Fact]
    public void Rule13_a_notarization_views_ahead_makes_it_ask_for_everything_above_its_finalized_block()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Notarized(World.Block(World.Block(_world.Genesis, 8), 9));

        Assert.Equal(new CertificatesRequest(_world.Epoch, new View(1), new View(9)), node.The<Effect.SendTo>().Message);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 65)]
    [InlineData(ulong.MaxValue - 3, ulong.MaxValue)]
    public void Requests_at_the_ends_of_the_range_are_answered_within_bounds(ulong from, ulong to)
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Nullified(1).Finalized(World.Block(_world.Genesis, 2));
        node.Do(new Input.CertificatesRequested(_world.Committee[default], new CertificatesRequest(_world.Epoch, new View(from), new View(to))));

        Assert.Equal(from <= 2 ? 1 : 0, node.Effects.Count);
    }

    [Fact]
    public void An_observer_follows_and_says_nothing()
    {
        var core = new SimplexCore(Fast, _world.Committee, _world.Leaders, null, RecoveredState.Fresh(_world.Epoch, _world.Genesis));
        BlockRef one = World.Block(_world.Genesis, 1);
        List<Effect> effects = [.. core.Step(new Input.Start())];
        effects.AddRange(core.Step(new Input.ProposalReceived(_world.Proposal(one))));
        effects.AddRange(core.Step(new Input.ProposalVerified(one.View, one.Hash, true)));
        effects.AddRange(core.Step(new Input.TimerFired(TimerKind.Advance, new View(1))));
        effects.AddRange(core.Step(new Input.CertificateReceived(_world.Verified(_world.Certificate(Finalize(one))))));

        Assert.DoesNotContain(effects, e => e is Effect.SignVote or Effect.Broadcast or Effect.ReportNullified);
        Assert.Equal(one, core.LastFinalized);
    }

    [Fact]
    public void Certificates_asked_for_are_sent_and_below_the_floor_the_finalization()
    {
        CoreDriver node = CoreDriver.Follower(_world, 3, Fast with { RetainedViews = 0 });
        BlockRef two = World.Block(_world.Genesis, 2);
        node.Nullified(1).Finalized(two);
        node.Nullified(3);
        node.Do(new Input.CertificatesRequested(_world.Committee[default], new CertificatesRequest(_world.Epoch, new View(1), new View(5))));

        Assert.Equal(
            [Finalize(two), Nullify(3)],
            node.Effects.Cast<Effect.SendTo>().Select(s => ((Certificate)s.Message).Statement));
    }

    /// <summary>Views end by the nullifies of members 0 to 2 until member 3, never heard of, leads one after the skip window.</summary>
    private CoreDriver SilentLeader(out ulong view)
    {
        var silent = new NodeIndex(3);
        CoreDriver node = CoreDriver.Started(_world, new NodeIndex(0), Fast);
        view = 1;
        while (view <= 6 || _world.LeaderOf(view) != silent)
        {
            NullifyWithoutTheLast(node, view++);
        }

        return node;
    }

    /// <summary>Members 0, which is the driven one, 1 and 2 of four give the current view up.</summary>
    private void NullifyWithoutTheLast(CoreDriver node, ulong view)
    {
        node.Vote(new NodeIndex(1), Nullify(view));
        node.Vote(new NodeIndex(2), Nullify(view));
        if (node.Core.CurrentView.Value == view)
        {
            node.Fire(TimerKind.Leader);
        }

        Assert.Equal(view + 1, node.Core.CurrentView.Value);
    }
}
