using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>The core's three timers on a monotonic clock (rule 11). Used by the loop's thread alone.</summary>
public sealed class TimerSet(TimeProvider time)
{
    private readonly Dictionary<TimerKind, (View View, long Due)> _armed = [];

    /// <summary>Arms a timer, replacing the one of its kind.</summary>
    public void Set(TimerKind kind, View view, int milliseconds) =>
        _armed[kind] = (view, time.GetTimestamp() + (milliseconds * time.TimestampFrequency / 1000));

    public void Cancel(TimerKind kind) => _armed.Remove(kind);

    /// <summary>Time until the next timer is due; a minute when none is armed.</summary>
    public TimeSpan UntilNext()
    {
        TimeSpan wait = TimeSpan.FromMinutes(1);
        long now = time.GetTimestamp();
        foreach ((_, long due) in _armed.Values)
        {
            TimeSpan left = due <= now ? TimeSpan.Zero : time.GetElapsedTime(now, due);
            wait = left < wait ? left : wait;
        }

        // Monitor.Wait takes whole milliseconds: round up, or the loop would spin through the last one.
        return wait == TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
    }

    /// <summary>Moves the due timers, in the order of their kinds, into <paramref name="inputs"/>.</summary>
    public void Collect(List<Input> inputs)
    {
        long now = time.GetTimestamp();
        foreach (TimerKind kind in (ReadOnlySpan<TimerKind>)[TimerKind.Leader, TimerKind.Advance, TimerKind.Retry])
        {
            if (_armed.TryGetValue(kind, out (View View, long Due) timer) && timer.Due <= now)
            {
                _armed.Remove(kind);
                inputs.Add(new Input.TimerFired(kind, timer.View));
            }
        }
    }
}
