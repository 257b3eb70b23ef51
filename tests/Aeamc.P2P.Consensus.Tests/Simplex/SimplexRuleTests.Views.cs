using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Simplex;

/// <summary>Rules 1, 7, 8, 10 and 11: views, their timers, and repeating.</summary>
public sealed partial class SimplexRuleTests
{
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
    public void Rule01_whoever_claims_a_view_far_ahead_is_as_silent_as_before()
    {
        var silent = new NodeIndex(3);
        CoreDriver node = CoreDriver.Started(_world, new NodeIndex(0), Fast);
        node.Do(new Input.MemberHeard(silent, new View(1000)));
        for (ulong view = 1; view <= 6 || _world.LeaderOf(view) != silent; view++)
        {
            NullifyWithoutTheLast(node, view);
        }

        Assert.Equal(0, node.Timer(TimerKind.Leader));
    }

    [Fact]
    public void Rule01_a_silent_leader_that_proposes_after_all_gets_its_view_back()
    {
        CoreDriver node = SilentLeader(out ulong view);
        node.Propose(World.Block(_world.Genesis, view));

        Assert.True(node.Has<Effect.CancelTimer>(t => t.Kind == TimerKind.Leader));
        Assert.True(node.Timer(TimerKind.Advance) >= 300);
    }

    // Rule 7

    [Fact]
    public void Rule01_a_node_that_has_heard_of_no_quorum_takes_no_leader_for_silent()
    {
        ulong restarted = 21;
        NodeIndex other = _world.LeaderOf(restarted + 1);
        var recovered = RecoveredState.Replay(_world.Epoch, World.Block(_world.Genesis, restarted - 1), [], SignerMemory.None);
        CoreDriver node = new CoreDriver(_world, other, Fast, recovered).Do(new Input.Start());

        Assert.Equal(restarted, node.Core.CurrentView.Value);
        Assert.True(node.Timer(TimerKind.Leader) > 0);
    }

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
    public void Rule10_repeats_the_nullifications_above_the_finalized_block()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Nullified(1).Fire(TimerKind.Leader);
        node.Fire(TimerKind.Retry);

        Assert.True(node.Has<Effect.Broadcast>(b => b.Message is Certificate certificate && certificate.Statement == Nullify(1)));
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
}
