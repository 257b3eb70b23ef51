using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Consensus;

public class TimerSetTests
{
    private readonly ManualTime _time = new(0);

    private static List<Input> Fired(TimerSet timers)
    {
        var inputs = new List<Input>();
        timers.Collect(inputs);
        return inputs;
    }

    [Fact]
    public void Timers_fire_once_when_due_in_the_order_of_their_kinds()
    {
        var timers = new TimerSet(_time);
        timers.Set(TimerKind.Retry, new View(3), 100);
        timers.Set(TimerKind.Leader, new View(3), 100);
        timers.Set(TimerKind.Advance, new View(3), 150);

        Assert.Equal(TimeSpan.FromMilliseconds(100), timers.UntilNext());
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Empty(Fired(timers));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TimeSpan.Zero, timers.UntilNext());
        Assert.Equal([new Input.TimerFired(TimerKind.Leader, new View(3)), new Input.TimerFired(TimerKind.Retry, new View(3))], Fired(timers));
        Assert.Empty(Fired(timers));
        Assert.Equal(TimeSpan.FromMilliseconds(50), timers.UntilNext());
    }

    [Fact]
    public void Setting_replaces_and_cancelling_removes()
    {
        var timers = new TimerSet(_time);
        timers.Set(TimerKind.Leader, new View(3), 10);
        timers.Set(TimerKind.Leader, new View(4), 20);
        timers.Set(TimerKind.Advance, new View(4), 15);
        timers.Cancel(TimerKind.Advance);
        timers.Cancel(TimerKind.Retry);

        _time.Advance(TimeSpan.FromMilliseconds(15));
        Assert.Empty(Fired(timers));
        _time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal([new Input.TimerFired(TimerKind.Leader, new View(4))], Fired(timers));
        Assert.Equal(TimeSpan.FromMinutes(1), timers.UntilNext());
    }

    [Fact]
    public void The_wait_is_rounded_up_to_whole_milliseconds_so_that_the_loop_does_not_spin()
    {
        var timers = new TimerSet(_time);
        timers.Set(TimerKind.Leader, new View(1), 10);
        _time.Advance(TimeSpan.FromTicks(9 * TimeSpan.TicksPerMillisecond + 1));

        Assert.Equal(TimeSpan.FromMilliseconds(1), timers.UntilNext());
    }
}
