using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Simplex;

/// <summary>One section for each rule of RULES.md; the files follow those of the core. Here: rule 12, requests, observers.</summary>
public sealed partial class SimplexRuleTests
{
    private static readonly SimplexOptions Fast = new() { NetworkDelay = 100, IdleInterval = 6000, RetryInterval = 300, SkipViews = 5 };
    private readonly World _world = new();

    private Statement Notarize(BlockRef block) => Statement.Notarize(_world.Epoch, block);

    private Statement Nullify(ulong view) => Statement.Nullify(_world.Epoch, new View(view));

    private Statement Finalize(BlockRef block) => Statement.Finalize(_world.Epoch, block);

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
    public void Rule12_a_certificate_that_contradicts_a_settled_one_is_wanted_and_halts()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        BlockRef block = World.Block(_world.Genesis, 1), other = World.Block(_world.Genesis, 1, "other");
        node.Finalized(block);
        Assert.False(node.Core.IsWanted(_world.Certificate(Finalize(block))));
        Assert.True(node.Core.IsWanted(_world.Certificate(Finalize(other))));
        Assert.True(node.Core.IsWanted(_world.Certificate(Nullify(1))));
        node.Finalized(other);
        Assert.Equal(HaltReason.ConflictingCertificates, node.The<Effect.Halt>().Reason);
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
    public void Rule12_a_request_for_more_views_than_allowed_or_for_none_is_not_answered()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Nullified(1);
        foreach ((ulong from, ulong to) in ((ulong, ulong)[])[(1, 65), (1, ulong.MaxValue), (2, 1)])
        {
            node.Do(new Input.CertificatesRequested(_world.Committee[default], new CertificatesRequest(_world.Epoch, new View(from), new View(to))));
            Assert.Empty(node.Effects);
        }
    }

    [Fact]
    public void Rule09_a_core_that_has_halted_answers_nothing()
    {
        CoreDriver node = CoreDriver.Follower(_world, options: Fast);
        node.Nullified(1).Finalized(World.Block(_world.Genesis, 1));
        Assert.True(node.Core.IsHalted);
        Assert.Empty(node.Fire(TimerKind.Leader).Effects);
        Assert.Empty(node.Propose(World.Block(_world.Genesis, 2)).Effects);
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
