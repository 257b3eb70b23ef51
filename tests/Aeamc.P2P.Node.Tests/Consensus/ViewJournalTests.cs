using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Consensus;

public sealed class ViewJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();
    private readonly ManualTime _time = new(TestCommittee.Start);
    private readonly NodeStore _store;
    private readonly ViewJournal _journal;

    public ViewJournalTests()
    {
        _store = NodeStore.Open(_folder["store"]);
        _journal = new ViewJournal(_store, _time);
    }

    public void Dispose()
    {
        _store.Dispose();
        _committee.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Reason_detail_and_signers_of_a_view_come_together_and_outlive_the_process()
    {
        var told = new List<ViewRecord>();
        _journal.GivenUp += told.Add;
        _journal.Note(new View(7), ViewDetail.BatchesMissing);
        _journal.Nullifies(new View(7), NullifyReason.AdvanceTimeout);
        _journal.Nullified(_committee.Certificate(Statement.Nullify(Epoch.Zero, new View(7))));

        ViewRecord record = new ViewJournal(_store, _time).Find(new View(7))!;
        Assert.Equal((NullifyReason.AdvanceTimeout, ViewDetail.BatchesMissing, true), (record.Reason, record.Detail, record.IsNullified));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(member => record.Signers.Contains(new NodeIndex((ushort)member))));
        Assert.Equal(new Timestamp(TestCommittee.Start), record.At);
        Assert.Equal(1, _journal.Counts[(NullifyReason.AdvanceTimeout, ViewDetail.BatchesMissing)]);
        Assert.Equal(new View(7), Assert.Single(told).View);
    }

    [Fact]
    public void A_view_that_only_the_others_gave_up_has_no_reason_of_this_node()
    {
        _journal.Nullified(_committee.Certificate(Statement.Nullify(Epoch.Zero, new View(3))));

        Assert.Null(_journal.Find(new View(3))!.Reason);
        Assert.Empty(_journal.Counts);
        Assert.Null(_journal.Find(new View(4)));
    }

    [Fact]
    public void What_is_known_of_a_proposal_explains_no_silence_and_can_be_taken_back()
    {
        _journal.Note(new View(1), ViewDetail.BatchesMissing);
        _journal.Nullifies(new View(1), NullifyReason.LeaderNullified);
        _journal.Note(new View(2), ViewDetail.BatchesMissing);
        _journal.Note(new View(2), ViewDetail.None);
        _journal.Nullifies(new View(2), NullifyReason.AdvanceTimeout);

        Assert.Equal([ViewDetail.None, ViewDetail.None], new ulong[] { 1, 2 }.Select(view => _journal.Find(new View(view))!.Detail));
    }

    [Fact]
    public void Only_the_newest_views_are_kept()
    {
        _journal.Nullifies(new View(5), NullifyReason.LeaderTimeout);
        _journal.Nullifies(new View(5 + ViewJournal.Kept), NullifyReason.LeaderSilent);

        Assert.Null(_journal.Find(new View(5)));
        Assert.Equal(NullifyReason.LeaderSilent, _journal.Find(new View(5 + ViewJournal.Kept))!.Reason);
        _store.PutMeta("view/9", [1]);
        Assert.Null(_journal.Find(new View(9)));
    }

    [Fact]
    public void Every_detail_has_a_name_and_a_sentence_of_its_own()
    {
        Assert.Equal(Enum.GetValues<HeaderFault>().Length - 1 + 5, ViewDetail.All.Count);
        Assert.All(ViewDetail.All, detail => Assert.Matches("^[a-z_]+$", detail));
        Assert.All(ViewDetail.All, detail => Assert.NotEqual(detail, ViewDetail.Sentence(detail)));
        Assert.Equal(ViewDetail.All.Count, ViewDetail.All.Select(ViewDetail.Sentence).Distinct().Count());
    }
}
