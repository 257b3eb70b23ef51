using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Explain;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Explain;

/// <summary>Two blocks on a real store: the first convicts a member, and the view between them was lost.</summary>
public sealed class ExplainerTests : IAsyncLifetime
{
    private const ushort Offender = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();
    private ChainHarness _node = null!;
    private Explainer _explainer = null!;
    private Hash256 _report;

    public async ValueTask InitializeAsync()
    {
        LedgerEntry report = _committee.Report(0, _committee.Equivocation(Offender));
        _report = _committee.IdOf(report);
        Batch batch = _committee.Batch(0, 1, report, _committee.Report(2, _committee.Equivocation(Offender)), _committee.Report(1, _committee.Equivocation(Offender, view: 2)), _committee.Registration("device"));
        (BlockRef Ref, BlockContent Content) first;
        using (var leader = new ChainHarness(_committee, _committee.LeaderOf(1), _folder["leader"]))
        {
            leader.TakeAndVerify(batch);
            first = leader.Build(1, _committee.GenesisBlock);
        }

        _node = new ChainHarness(_committee, _committee.LeaderOf(3), _folder["node"]);
        _node.TakeAndVerify(batch);
        await _node.CommitAsync(first, _committee.GenesisBlock);
        var journal = new ViewJournal(_node.Store, _node.Time);
        journal.Note(new View(2), ViewDetail.Of(HeaderFault.WrongStateRoot));
        journal.Nullifies(new View(2), NullifyReason.InvalidProposal);
        journal.Nullified(_committee.Certificate(Statement.Nullify(Epoch.Zero, new View(2))));
        journal.Nullifies(new View(4), NullifyReason.LeaderTimeout);
        await _node.CommitAsync(_node.Build(3, first.Ref), first.Ref);
        _explainer = new Explainer(new ExplainerSources(_committee.Context, _node.Store, journal)
        {
            Head = () => _node.Head,
            CurrentView = () => new View(5),
            Members = () => [.. _committee.Genesis.Committee.Select(Status)],
            FindEntry = id => _node.Store.GetReceipt(id) is { } receipt
                ? new EntryPlace(
                    receipt.Code == 0 ? EntryStage.Finalized : EntryStage.Refused, receipt.Height, (int)receipt.Index, receipt.Code == 0 ? "" : ((RefusalCode)receipt.Code).Code())
                : id == Hash256.Of("waiting"u8) ? new EntryPlace(EntryStage.Pending, default, 0, "") : null,
            CheckpointCovering = height => height <= new Height(1) ? new Height(2) : null,
        });
    }

    public ValueTask DisposeAsync()
    {
        _node.Dispose();
        _committee.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private MemberStatus Status(GenesisMember member) => new(member.Id.ToString(), true, false)
    {
        Label = member.Label,
        Reputation = _node.Head.State.Reputation(member.Id) ?? 0,
        Conviction = _node.Head.State.Misconduct(member.Id) is { } record
            ? new ConvictionStatus(record.Kind.Name(), record.Epoch.Value, record.View.Value, record.Height.Value, record.Evidence.ToString())
            : null,
    };

    private Explanation Of(ExplainSubject subject, string id) =>
        _explainer.Explain(subject, id) ?? throw new Xunit.Sdk.XunitException($"{subject} {id} is not explained");

    private string Name(NodeIndex member) => $"node-{member}";

    [Fact]
    public void A_block_tells_its_leader_its_signers_the_evidence_in_it_and_what_followed()
    {
        Explanation block = Of(ExplainSubject.Block, "1");

        Assert.Equal($"Block 1 was proposed by {Name(_committee.LeaderOf(1))} in view 1 and is final: node-0, node-1 and node-2 signed its finalization.", block.Sentences[0]);
        Assert.Equal("No view was lost before it.", block.Sentences[1]);
        Assert.Equal("It holds 4 entries, 0 proofs of task among them.", block.Sentences[2]);
        Assert.Equal(
            $"Block 1 carries evidence that node-3 voted for two different blocks in view 1, reported by node-0 (entry {_report}). It convicted the member.", block.Sentences[3]);
        Assert.Contains("reported by node-1", block.Sentences[4], StringComparison.Ordinal);
        Assert.Contains("evidence_duplicate", block.Sentences[4], StringComparison.Ordinal);
        Assert.Equal([true, false], block.Evidence.Select(evidence => evidence.Convicted));
        Assert.Equal((1UL, 1UL, 4), (block.Block!.View, block.Block.FinalizedBy, block.Block.Entries));
    }

    [Fact]
    public void A_block_after_a_lost_view_tells_why_it_was_lost_and_who_gave_it_up()
    {
        Explanation block = Of(ExplainSubject.Block, "2");
        string sentence = $"View 2, led by {Name(_committee.LeaderOf(2))}, ended without a block: this node gave it up because the proposal is invalid: "
            + "its state root is not the one that the blocks before it lead to. node-0, node-1, node-2 signed the nullification.";

        Assert.Equal("1 view before it ended without a block:", block.Sentences[1]);
        Assert.Equal(sentence, block.Sentences[2]);
        Assert.Equal([sentence], Of(ExplainSubject.View, "2").Sentences);
        ExplainedView view = Assert.Single(block.Views);
        Assert.Equal(("nullified", "invalid_proposal", "wrong_state_root", 3), (view.Outcome, view.Reason, view.Detail, view.GivenUpBy.Count));
    }

    [Theory]
    [InlineData("1", "block", 1UL, null)]
    [InlineData("3", "block", 2UL, null)]
    [InlineData("4", "open", null, "leader_timeout")]
    [InlineData("5", "open", null, null)]
    public void A_view_is_found_by_its_number(string id, string outcome, ulong? height, string? reason)
    {
        ExplainedView view = Assert.Single(Of(ExplainSubject.View, id).Views);

        Assert.Equal((outcome, height, reason), (view.Outcome, view.Height, view.Reason));
        Assert.Equal(_committee.Keys[_committee.LeaderOf(view.View).Value].PublicKey.ToString(), view.Leader);
    }

    [Fact]
    public void Evidence_tells_what_was_signed_and_the_penalty()
    {
        Explanation explanation = Of(ExplainSubject.Evidence, _report.ToString());

        Assert.Contains("node-3 voted for two different blocks in view 1", explanation.Sentences[0], StringComparison.Ordinal);
        Assert.Contains("Notarize(0/1", explanation.Sentences[1], StringComparison.Ordinal);
        Assert.Contains("may not be in a committee after epoch 0", explanation.Sentences[2], StringComparison.Ordinal);
        Assert.Equal("two_notarizes", Assert.Single(explanation.Evidence).Kind);
    }

    [Fact]
    public void A_member_is_found_by_place_label_and_id()
    {
        foreach (string id in (string[])["3", "node-3", _committee.Keys[Offender].PublicKey.ToString()])
        {
            Explanation member = Of(ExplainSubject.Member, id);
            Assert.Contains("its reputation is 0 of 1000", member.Sentences[0], StringComparison.Ordinal);
            Assert.Contains("It is convicted of equivocation: block 1", member.Sentences[1], StringComparison.Ordinal);
            Assert.Equal(_report.ToString(), member.Member!.Conviction!.Evidence);
        }

        Assert.Equal("Nothing is held against it.", Of(ExplainSubject.Member, "0").Sentences[1]);
        Assert.Contains("its reputation is 500 of 1000", Of(ExplainSubject.Member, "0").Sentences[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_tells_its_place_its_outcome_and_what_covers_it()
    {
        Explanation entry = Of(ExplainSubject.Proof, _report.ToString());

        Assert.Equal(["It is entry 0 of block 1, of kind equivocation-evidence.", "The ledger accepted it."], entry.Sentences.Take(2));
        Assert.Contains("The checkpoint that the committee co-signed at height 2 covers it", entry.Sentences[2], StringComparison.Ordinal);
        Assert.Equal(("finalized", 1UL, 2UL), (entry.Entry!.Stage, entry.Entry.Height, entry.Entry.Checkpoint));
        string refused = _committee.IdOf(_committee.Report(1, _committee.Equivocation(Offender, view: 2))).ToString();
        Assert.StartsWith("The ledger does not count it (evidence_duplicate): ", Of(ExplainSubject.Proof, refused).Sentences[1], StringComparison.Ordinal);
        Assert.Equal("pending", Of(ExplainSubject.Proof, Hash256.Of("waiting"u8).ToString()).Entry!.Stage);
    }

    [Theory]
    [InlineData(ExplainSubject.Block, "3")]
    [InlineData(ExplainSubject.Block, "0")]
    [InlineData(ExplainSubject.Block, "-1")]
    [InlineData(ExplainSubject.Block, "99999999999999999999")]
    [InlineData(ExplainSubject.View, "0")]
    [InlineData(ExplainSubject.View, "6")]
    [InlineData(ExplainSubject.View, "18446744073709551615")]
    [InlineData(ExplainSubject.View, "x")]
    [InlineData(ExplainSubject.Evidence, "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(ExplainSubject.Evidence, "zz")]
    [InlineData(ExplainSubject.Member, "4")]
    [InlineData(ExplainSubject.Member, "")]
    [InlineData(ExplainSubject.Member, "nobody")]
    [InlineData(ExplainSubject.Proof, "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(ExplainSubject.Proof, "zz")]
    public void What_is_not_there_has_no_explanation(ExplainSubject subject, string id) => Assert.Null(_explainer.Explain(subject, id));

    [Fact]
    public void An_entry_that_is_no_evidence_is_not_explained_as_evidence() =>
        Assert.Null(_explainer.Explain(ExplainSubject.Evidence, _committee.IdOf(_committee.Registration("device")).ToString()));
}
