using Aeamc.P2P.Node.Sync;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Sync;

public sealed class SourcePaceTests
{
    [Fact]
    public void A_source_rests_after_each_answer_and_no_other_waits_for_it()
    {
        var time = new ManualTime(TestCommittee.Start);
        var pace = new SourcePace(TimeSpan.FromMilliseconds(200), time);
        NodeIndex one = new(1), two = new(2);
        Assert.Equal(TimeSpan.Zero, pace.PauseOf(one));
        pace.Answered(one);
        Assert.Equal((TimeSpan.FromMilliseconds(200), TimeSpan.Zero), (pace.PauseOf(one), pace.PauseOf(two)));
        time.Advance(TimeSpan.FromMilliseconds(150));
        Assert.Equal(TimeSpan.FromMilliseconds(50), pace.PauseOf(one));
        time.Advance(TimeSpan.FromMilliseconds(150));
        Assert.Equal(TimeSpan.Zero, pace.PauseOf(one));
    }
}
