using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Simplex;

public class RecoveryTests
{
    private readonly World _world = new();

    [Fact]
    public void A_restart_resumes_in_the_highest_view_with_its_votes_and_asks_again_for_open_certifications()
    {
        CoreDriver node = CoreDriver.Follower(_world, 3);
        BlockRef one = World.Block(_world.Genesis, 1);
        BlockRef two = World.Block(one, 2);
        node.ProposeVerified(one).Notarized(one);
        node.Certify(one);
        node.ProposeVerified(two).Notarized(two);

        CoreDriver again = node.Restarted();
        Assert.Equal(2UL, again.Core.CurrentView.Value);
        Assert.Equal(node.Signed, again.Signed);
        Assert.Equal(two, again.The<Effect.Certify>().Notarization.Block);

        again.Certify(two);
        Assert.Equal(Statement.Finalize(_world.Epoch, two), again.Signed[^1]);
    }

    [Fact]
    public void A_restarted_node_that_had_nullified_its_view_repeats_it_at_once_and_votes_for_nothing_else_there()
    {
        CoreDriver node = CoreDriver.Follower(_world);
        node.Fire(TimerKind.Leader);

        CoreDriver again = node.Restarted();
        Assert.Equal(0, again.Timer(TimerKind.Retry));
        again.ProposeVerified(World.Block(_world.Genesis, 1));
        Assert.Equal([Statement.Nullify(_world.Epoch, new View(1))], again.Signed);
        Assert.True(again.Fire(TimerKind.Retry).Has<Effect.Broadcast>());
    }

    [Fact]
    public void A_restarted_node_remembers_what_it_notarized_when_another_block_is_certified()
    {
        CoreDriver node = CoreDriver.Follower(_world);
        node.ProposeVerified(World.Block(_world.Genesis, 1));

        CoreDriver again = node.Restarted();
        BlockRef other = World.Block(_world.Genesis, 1, "other");
        again.Notarized(other);
        again.Certify(other);
        Assert.Equal(2UL, again.Core.CurrentView.Value);
        Assert.Equal(node.Signed, again.Signed);
    }

    [Fact]
    public void A_restarted_node_that_had_finalized_a_block_does_not_finalize_it_anew_when_it_is_certified_again()
    {
        CoreDriver node = CoreDriver.Follower(_world);
        BlockRef one = World.Block(_world.Genesis, 1);
        node.Notarized(one);
        node.Certify(one);
        node.Log.RemoveAll(record => record is WalRecord.Certified);

        CoreDriver again = node.Restarted();
        again.Certify(one);
        Assert.Equal([Statement.Finalize(_world.Epoch, one)], again.Signed);
    }

    [Fact]
    public void A_restarted_node_remembers_that_a_block_failed_certification()
    {
        CoreDriver node = CoreDriver.Follower(_world, 3);
        BlockRef one = World.Block(_world.Genesis, 1);
        node.Notarized(one);
        node.Certify(one, valid: false);

        CoreDriver again = node.Restarted();
        again.Nullified(1).Propose(World.Block(one, 2));
        Assert.Equal([Statement.Nullify(_world.Epoch, new View(1)), Statement.Nullify(_world.Epoch, new View(2))], again.Signed);
    }

    [Fact]
    public void A_restart_resumes_in_the_highest_view_and_not_in_the_last_records()
    {
        var late = new WalRecord.Certified(_world.Epoch, new View(1), World.Block(_world.Genesis, 1).Hash, true);
        var recovered = RecoveredState.Replay(_world.Epoch, _world.Genesis, [new WalRecord.Voted(Statement.Nullify(_world.Epoch, new View(3))), late], SignerMemory.None);
        CoreDriver node = new CoreDriver(_world, new NodeIndex(0), null, recovered).Do(new Input.Start());
        Assert.Equal(3UL, node.Core.CurrentView.Value);
    }

    [Fact]
    public void Votes_from_before_a_restore_do_not_halt_the_quiet_node_again()
    {
        var recovered = RecoveredState.Replay(_world.Epoch, _world.Genesis, [], SignerMemory.Of(new Watermark(_world.Epoch, new View(4), VoteKind.Nullify, default)));
        CoreDriver node = new CoreDriver(_world, new NodeIndex(0), null, recovered).Do(new Input.Start());
        node.Vote(node.Self, Statement.Nullify(_world.Epoch, new View(1)));
        Assert.False(node.Core.IsHalted);

        Certificate old = _world.Certificate(Statement.Nullify(_world.Epoch, new View(3)));
        Assert.True(old.Signers.Contains(node.Self));
        node.Do(new Input.CertificateReceived(_world.Verified(old)));
        Assert.False(node.Core.IsHalted);
    }

    [Fact]
    public void A_restarted_leader_repeats_its_proposal_instead_of_building_another()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(1));
        BlockRef block = World.Block(_world.Genesis, 1);
        leader.Do(new Input.ProposalBuilt(block, block.Hash.ToArray()));

        CoreDriver again = leader.Restarted();
        Assert.False(again.Has<Effect.BuildProposal>());
        Assert.Equal(block, ((Proposal)again.The<Effect.Broadcast>().Message).Block);
    }

    [Fact]
    public void A_leader_whose_vote_record_was_torn_off_still_repeats_the_proposal_in_its_log()
    {
        CoreDriver leader = CoreDriver.Started(_world, _world.LeaderOf(1));
        BlockRef block = World.Block(_world.Genesis, 1);
        leader.Do(new Input.ProposalBuilt(block, block.Hash.ToArray()));
        leader.Log.RemoveAt(leader.Log.Count - 1);

        var recovered = RecoveredState.Replay(_world.Epoch, _world.Genesis, leader.Log, SignerMemory.None);
        CoreDriver again = new CoreDriver(_world, _world.LeaderOf(1), null, recovered).Do(new Input.Start());
        Assert.Equal([Statement.Notarize(_world.Epoch, block)], again.Signed);
        Assert.True(again.Has<Effect.Broadcast>());
    }

    [Fact]
    public void Finalizations_the_ledger_had_not_committed_are_reported_again()
    {
        CoreDriver node = CoreDriver.Follower(_world);
        BlockRef one = World.Block(_world.Genesis, 1);
        node.Notarized(one);
        node.Finalized(one);

        CoreDriver again = node.Restarted();
        Assert.Equal([one], again.The<Effect.Finalized>().Blocks);
        Assert.Equal(2UL, again.Core.CurrentView.Value);
        Assert.False(again.Has<Effect.Append>());
    }

    [Fact]
    public void A_restored_database_keeps_the_node_quiet_until_a_finalization_beyond_its_watermark()
    {
        CoreDriver node = CoreDriver.Follower(_world, 3);
        BlockRef one = World.Block(_world.Genesis, 1);
        node.ProposeVerified(one).Notarized(one);
        node.Certify(one);

        // The log is gone, the watermark file is not.
        var recovered = RecoveredState.Replay(_world.Epoch, _world.Genesis, [], SignerMemory.Of(new Watermark(_world.Epoch, new View(4), VoteKind.Nullify, default)));
        CoreDriver restored = new CoreDriver(_world, node.Self, null, recovered).Do(new Input.Start());
        restored.ProposeVerified(one);
        restored.Fire(TimerKind.Advance);
        restored.Nullified(4);
        restored.Fire(TimerKind.Leader);
        Assert.Empty(restored.Signed);
        Assert.Equal(VoteDecision.Quiet, restored.Guard.Authorize(Statement.Nullify(_world.Epoch, new View(9))));

        BlockRef five = World.Block(one, 5);
        restored.Finalized(five);
        restored.ProposeVerified(World.Block(five, 6));
        Assert.Single(restored.Signed);
    }

    [Theory]
    [InlineData(VoteKind.Notarize)]
    [InlineData(VoteKind.Nullify)]
    [InlineData(VoteKind.Finalize)]
    public void A_certificate_with_a_vote_of_ours_that_we_do_not_remember_halts(VoteKind kind)
    {
        CoreDriver node = CoreDriver.Follower(_world);
        BlockRef one = World.Block(_world.Genesis, 1);
        Statement statement = kind switch
        {
            VoteKind.Notarize => Statement.Notarize(_world.Epoch, one),
            VoteKind.Nullify => Statement.Nullify(_world.Epoch, new View(1)),
            _ => Statement.Finalize(_world.Epoch, one),
        };
        NodeIndex[] others = [.. Enumerable.Range(0, 4).Select(i => new NodeIndex((ushort)i)).Where(member => member != node.Self)];
        node.Do(new Input.CertificateReceived(_world.Verified(_world.CertificateBy([node.Self, others[0], others[1]], statement))));
        Effect.Halt halt = node.The<Effect.Halt>();
        Assert.Equal(HaltReason.UnknownOwnVote, halt.Reason);
        Assert.Equal<Statement?>(statement, halt.Unknown);
        Assert.Empty(node.Signed);
    }

    [Fact]
    public void Our_own_vote_that_we_do_not_remember_halts()
    {
        CoreDriver node = CoreDriver.Follower(_world);
        node.Vote(node.Self, Statement.Nullify(_world.Epoch, new View(1)));
        Assert.Equal(HaltReason.UnknownOwnVote, node.The<Effect.Halt>().Reason);
    }

    [Fact]
    public void Records_of_other_epochs_are_skipped()
    {
        var other = new WalRecord.Voted(Statement.Nullify(new Epoch(9), new View(50)));
        var recovered = RecoveredState.Replay(_world.Epoch, _world.Genesis, [other], SignerMemory.None);
        CoreDriver node = new CoreDriver(_world, new NodeIndex(0), null, recovered).Do(new Input.Start());
        Assert.Equal(1UL, node.Core.CurrentView.Value);
    }

    [Fact]
    public void The_same_inputs_give_the_same_effects()
    {
        static string Run()
        {
            var world = new World();
            CoreDriver node = CoreDriver.Follower(world);
            BlockRef one = World.Block(world.Genesis, 1);
            node.ProposeVerified(one).Votes(Statement.Notarize(world.Epoch, one), 3);
            return string.Join('\n', node.Effects.Select(e => e.GetType().Name)) + string.Join('\n', node.Log.Select(r => Convert.ToHexString(r.Encode())));
        }

        Assert.Equal(Run(), Run());
    }
}
