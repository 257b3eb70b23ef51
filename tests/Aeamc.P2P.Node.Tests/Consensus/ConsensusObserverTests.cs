using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Consensus;

public class ConsensusObserverTests
{
    private static readonly BlockRef Genesis = BlockRef.Genesis(Hash256.Of("genesis"u8));

    private static Certificate Notarization(ulong view, string name = "block") => new(
        Statement.Notarize(Epoch.Zero, Genesis.Child(Hash256.Of(System.Text.Encoding.UTF8.GetBytes(name + view)), new View(view))), SignerBitmap.Create(4), default);

    [Fact]
    public void A_copy_of_a_known_certificate_and_a_late_vote_for_it_tell_nothing_new()
    {
        var observer = new ConsensusObserver();
        Certificate known = Notarization(3);
        Assert.False(observer.Knows(known.Statement));

        observer.Certified(known);

        Assert.True(observer.Knows(known.Statement));
        Assert.False(observer.Knows(Notarization(3, "other").Statement));
        Assert.False(observer.Knows(Statement.Finalize(Epoch.Zero, known.Block)));
        Assert.False(observer.Knows(Statement.Nullify(Epoch.Zero, new View(3))));
    }

    [Fact]
    public void Old_views_are_forgotten_also_when_views_were_skipped()
    {
        var observer = new ConsensusObserver();
        for (ulong view = 1; view <= 50; view++)
        {
            observer.Sent(Notarization(view));
        }

        observer.EnteredView(new View(500));
        observer.Finalized(new Certificate(Statement.Finalize(Epoch.Zero, Notarization(499).Block), SignerBitmap.Create(4), default));

        Assert.All(Enumerable.Range(1, 50), view => Assert.False(observer.Knows(Notarization((ulong)view).Statement)));
        Assert.Equal((new View(500), new View(499)), (observer.View, observer.FinalizedView));
    }

    [Fact]
    public void Nullified_views_are_counted_by_reason_and_every_reason_has_a_name()
    {
        var observer = new ConsensusObserver();
        foreach (NullifyReason reason in Enum.GetValues<NullifyReason>())
        {
            observer.Nullified(new View(1), reason);
        }

        observer.Nullified(new View(2), NullifyReason.LeaderTimeout);

        Assert.Equal(Enum.GetValues<NullifyReason>().Length, observer.NullifiedViews.Count);
        Assert.Equal(2, observer.NullifiedViews["leader_timeout"]);
    }
}
