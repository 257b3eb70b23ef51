using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Consensus;

/// <summary>"Crash safety": nothing that this node signs leaves before it is on the disk, and what stops it stops it.</summary>
public sealed class ConsensusLoopTests
{
    private static readonly NodeIndex Leader = LeaderOf(1);
    private static readonly NodeIndex Follower = new((ushort)Enumerable.Range(0, 4).First(i => i != LeaderOf(1).Value && i != LeaderOf(2).Value && i != LeaderOf(3).Value));

    [Fact]
    public void Every_vote_is_in_the_signers_file_on_disk_before_it_leaves_and_the_log_follows_with_a_finalization()
    {
        using var node = new LoopHarness(Follower);
        BlockRef block = Block(node, "block");
        Statement notarize = Statement.Notarize(Epoch.Zero, block), finalize = Statement.Finalize(Epoch.Zero, block);
        Statement second = Statement.Nullify(Epoch.Zero, new View(2)), third = Statement.Nullify(Epoch.Zero, new View(3));

        node.Feed(block);
        LoopHarness.Sending sent = node.Next();
        AssertOnDisk(notarize, [notarize], sent);
        Assert.Empty(sent.Log);

        node.Feed(notarize);
        AssertOnDisk(finalize, [notarize, finalize], node.Next());

        node.Feed(new Input.TimerFired(TimerKind.Leader, new View(2)));
        sent = node.Next();
        AssertOnDisk(second, [notarize, finalize, second], sent);
        Assert.Empty(sent.Log);

        node.Feed(finalize);
        node.AwaitFinalized();
        node.Feed(second);
        node.Feed(new Input.TimerFired(TimerKind.Leader, new View(3)));
        sent = node.Next();
        AssertOnDisk(third, [third], sent);
        Assert.Equal(Watermark.After(null, second), sent.Memory.Logged);
        Assert.Equal([notarize, finalize, second], sent.Log.OfType<WalRecord.Voted>().Select(voted => voted.Statement));
        Assert.Contains(sent.Log, record => record is WalRecord.Accepted { Certificate.Kind: VoteKind.Notarize });
        Assert.Contains(sent.Log, record => record is WalRecord.Accepted { Certificate.Kind: VoteKind.Finalize });
        Assert.Contains(sent.Log, record => record is WalRecord.Certified { Valid: true });
    }

    [Fact]
    public void Without_finalizations_the_log_is_synced_before_many_votes_wait_for_it()
    {
        using var node = new LoopHarness(Follower);
        int most = 0;
        for (ulong view = 1; view <= 30; view++)
        {
            node.Feed(new Input.TimerFired(TimerKind.Advance, new View(view)));
            var nullify = Statement.Nullify(Epoch.Zero, new View(view));
            Statement said;
            do
            {
                // In a view of its own it may also have proposed.
                LoopHarness.Sending sent = node.Next();
                said = StatementOf(sent.Message);
                Assert.Contains(said, sent.Memory.Unlogged.Concat(sent.Log.OfType<WalRecord.Voted>().Select(voted => voted.Statement)));
                most = Math.Max(most, sent.Memory.Unlogged.Count);
            }
            while (said != nullify);
            node.Feed(nullify);
        }

        Assert.InRange(most, 8, 9);
    }

    [Fact]
    public void What_waits_for_the_log_is_there_when_the_node_has_stopped()
    {
        using var node = new LoopHarness(Leader);
        Statement vote = Assert.IsType<Proposal>(node.Next().Message).Notarize.Statement;
        Assert.Equal([new WalRecord.Voted(vote)], node.End().Where(record => record is WalRecord.Voted));
    }

    [Fact]
    public void A_leaders_vote_for_its_proposal_is_in_the_signers_file_on_disk_before_it_leaves()
    {
        using var node = new LoopHarness(Leader);
        LoopHarness.Sending sent = node.Next();
        Statement vote = Assert.IsType<Proposal>(sent.Message).Notarize.Statement;
        AssertOnDisk(vote, [vote], sent);
    }

    [Fact]
    public void What_is_on_the_disk_already_is_not_synced_again()
    {
        using var node = new LoopHarness(Follower) { HasUnsyncedContents = false };
        node.Feed(Block(node, "block"));
        Assert.Equal(0, node.Next().ContentSyncs);
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

        // Of the log it found the file knows nothing: the first vote is in both.
        LoopHarness.Sending sent = node.Next();
        var nullify = Statement.Nullify(Epoch.Zero, new View(3));
        Assert.Equal(nullify, Assert.IsType<Vote>(sent.Message).Statement);
        Assert.Equal((Watermark.After(null, nullify), Watermark.After(null, nullify)), (sent.Memory.Highest, sent.Memory.Logged));
        Assert.Contains(new WalRecord.Voted(nullify), sent.Log);
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
        Assert.Equal((Watermark.After(null, unknown), Watermark.After(null, unknown)), (node.MemoryOnDisk().Highest, node.MemoryOnDisk().Logged));
        Assert.False(node.HasSent);
    }

    private static void AssertOnDisk(Statement vote, Statement[] unlogged, LoopHarness.Sending sent)
    {
        Assert.Equal(vote, StatementOf(sent.Message));
        Assert.Equal(unlogged, sent.Memory.Unlogged);
        Assert.Equal(Watermark.After(null, vote), sent.Memory.Highest);
    }

    private static Statement StatementOf(ConsensusMessage message) => message switch
    {
        Vote one => one.Statement,
        Proposal proposal => proposal.Notarize.Statement,
        _ => throw new InvalidOperationException($"{message.GetType().Name} was sent"),
    };

    private static BlockRef Block(LoopHarness node, string name) => node.Committee.GenesisBlock.Child(Hash256.Of(System.Text.Encoding.UTF8.GetBytes(name)), new View(1));

    private static NodeIndex LeaderOf(ulong view)
    {
        using var committee = new TestCommittee();
        return committee.LeaderOf(view);
    }
}
