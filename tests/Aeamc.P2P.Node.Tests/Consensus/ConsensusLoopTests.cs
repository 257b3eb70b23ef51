using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Signer;

namespace Aeamc.P2P.Node.Tests.Consensus;

/// <summary>"Crash safety": nothing that this node signs leaves before it is on the disk, and what stops it stops it.</summary>
public sealed class ConsensusLoopTests
{
    private static readonly NodeIndex Leader = LeaderOf(1);
    private static readonly NodeIndex Follower = new((ushort)Enumerable.Range(0, 4).First(i => i != LeaderOf(1).Value && i != LeaderOf(2).Value && i != LeaderOf(3).Value));

    [Fact]
    public void Every_vote_is_in_the_log_and_under_the_watermark_on_disk_before_it_leaves()
    {
        using var node = new LoopHarness(Follower);
        BlockRef block = Block(node, "block");
        Statement notarize = Statement.Notarize(Epoch.Zero, block), finalize = Statement.Finalize(Epoch.Zero, block), nullify = Statement.Nullify(Epoch.Zero, new View(2));

        node.Feed(block);
        AssertOnDisk(notarize, node.Next());

        node.Feed(notarize);
        LoopHarness.Sending final = node.Next();
        AssertOnDisk(finalize, final);
        Assert.Contains(final.Log, record => record is WalRecord.Accepted { Certificate.Kind: VoteKind.Notarize });
        Assert.Contains(final.Log, record => record is WalRecord.Certified { Valid: true });

        node.Feed(new Input.TimerFired(TimerKind.Leader, new View(2)));
        AssertOnDisk(nullify, node.Next());
    }

    [Fact]
    public void A_leaders_proposal_is_in_the_log_on_disk_with_its_vote_before_it_leaves()
    {
        using var node = new LoopHarness(Leader);
        LoopHarness.Sending sent = node.Next();
        var proposal = Assert.IsType<Proposal>(sent.Message);
        Assert.Contains(sent.Log, record => record is WalRecord.Proposed proposed && proposed.Notarize == proposal.Notarize.Statement);
        AssertOnDisk(proposal.Notarize.Statement, sent);
    }

    [Fact]
    public void What_a_vote_is_for_is_synced_before_the_vote_leaves_and_a_Nullify_is_for_nothing()
    {
        using var node = new LoopHarness(Follower);
        BlockRef block = Block(node, "block");
        node.Feed(block);
        Assert.Equal(1, node.Next().ContentSyncs);

        node.Feed(Statement.Notarize(Epoch.Zero, block));
        Assert.Equal(2, node.Next().ContentSyncs);

        node.Feed(new Input.TimerFired(TimerKind.Leader, new View(2)));
        Assert.Equal(2, node.Next().ContentSyncs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_disk_that_refuses_the_contents_stops_the_node_and_nothing_is_sent(bool leads)
    {
        using var node = new LoopHarness(leads ? Leader : Follower, diskFails: true);
        if (!leads)
        {
            node.Feed(Block(node, "block"));
        }

        Assert.IsType<IOException>(node.Fault());
        Assert.False(node.HasSent);
    }

    [Fact]
    public void What_the_guard_refuses_stops_the_node_and_is_not_sent()
    {
        using var node = new LoopHarness(Follower, new WalRecord.Voted(Statement.Nullify(Epoch.Zero, new View(1))));
        node.Feed(Block(node, "block"));

        Assert.Contains(nameof(VoteDecision.NotarizeAfterNullify), Assert.IsType<InvariantException>(node.Fault()).Message, StringComparison.Ordinal);
        Assert.False(node.HasSent);
    }

    [Fact]
    public void A_quiet_node_votes_again_when_its_guard_hears_of_a_finalization_beyond_the_watermark()
    {
        using var node = new LoopHarness(Follower, new Watermark(Epoch.Zero, new View(1), VoteKind.Nullify, default));
        node.Feed(Statement.Finalize(Epoch.Zero, Block(node, "block").Child(Hash256.Of("child"u8), new View(2))));
        node.Feed(new Input.TimerFired(TimerKind.Leader, new View(3)));

        AssertOnDisk(Statement.Nullify(Epoch.Zero, new View(3)), node.Next());
    }

    [Fact]
    public void Certificates_that_exclude_one_another_stop_the_node()
    {
        using var node = new LoopHarness(Follower);
        node.Feed(Statement.Finalize(Epoch.Zero, Block(node, "block")));
        node.Feed(Statement.Finalize(Epoch.Zero, Block(node, "other")));

        Assert.Contains(nameof(HaltReason.ConflictingCertificates), Assert.IsType<InvariantException>(node.Fault()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vote_of_its_own_that_it_does_not_remember_raises_the_watermark_and_stops_the_node()
    {
        using var node = new LoopHarness(Follower);
        Statement unknown = Statement.Nullify(Epoch.Zero, new View(2));
        node.Feed(node.Committee.Vote(Follower, unknown));

        Assert.Equal(unknown, Assert.IsType<UnknownOwnVoteException>(node.Fault()).Vote);
        Assert.Equal(new SignerMark(Epoch.Zero, new View(2), (byte)VoteKind.Nullify, default), node.MarkOnDisk());
        Assert.False(node.HasSent);
    }

    private static void AssertOnDisk(Statement vote, LoopHarness.Sending sent)
    {
        Statement said = sent.Message switch
        {
            Vote one => one.Statement,
            Proposal proposal => proposal.Notarize.Statement,
            _ => throw new InvalidOperationException($"{sent.Message.GetType().Name} was sent"),
        };
        Assert.Equal(vote, said);
        Assert.Contains(sent.Log, record => record is WalRecord.Voted voted && voted.Statement == vote);
        Assert.Equal(new SignerMark(vote.Epoch, vote.View, (byte)vote.Kind, vote.Block.Hash), sent.Mark);
    }

    private static BlockRef Block(LoopHarness node, string name) => node.Committee.GenesisBlock.Child(Hash256.Of(System.Text.Encoding.UTF8.GetBytes(name)), new View(1));

    private static NodeIndex LeaderOf(ulong view)
    {
        using var committee = new TestCommittee();
        return committee.LeaderOf(view);
    }
}
