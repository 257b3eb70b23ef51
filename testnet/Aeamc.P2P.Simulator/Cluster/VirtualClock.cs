namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>Virtual time in microseconds and the events to come. Events of one instant run in the order they were scheduled.</summary>
public sealed class VirtualClock
{
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private long _order;

    /// <summary>Microseconds since the start.</summary>
    public long Now { get; private set; }

    /// <summary>Runs an action later.</summary>
    public void After(long microseconds, Action action) => _events.Enqueue(action, (Now + Math.Max(0, microseconds), _order++));

    /// <summary>Runs the next event; false when none is left before <paramref name="end"/>.</summary>
    public bool RunNext(long end)
    {
        if (!_events.TryPeek(out _, out (long Time, long Order) key) || key.Time > end)
        {
            return false;
        }

        Action action = _events.Dequeue();
        Now = key.Time;
        action();
        return true;
    }
}
