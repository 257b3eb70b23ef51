namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// Virtual time in microseconds and the events to come, in a heap of four children a node. Events of one instant run in the order they were
/// scheduled.
/// </summary>
public sealed class VirtualClock
{
    private Event[] _heap = new Event[1024];
    private int _count;
    private long _order;

    /// <summary>Microseconds since the start.</summary>
    public long Now { get; private set; }

    /// <summary>Runs an action later.</summary>
    public void After(long microseconds, Action action) => Push(microseconds, new Event(0, 0, action, null, 0));

    /// <summary>Delivers a message later; no closure, as these are nearly all events.</summary>
    public void After(long microseconds, IEndpoint receiver, int from, Envelope envelope) => Push(microseconds, new Event(0, 0, receiver, envelope, from));

    /// <summary>Runs the next event; false when none is left before <paramref name="end"/>.</summary>
    public bool RunNext(long end)
    {
        if (_count == 0 || _heap[0].Time > end)
        {
            return false;
        }

        Event next = _heap[0];
        Pop();
        Now = next.Time;
        if (next.Envelope is { } envelope)
        {
            ((IEndpoint)next.Target).Receive(next.From, envelope);
        }
        else
        {
            ((Action)next.Target)();
        }

        return true;
    }

    private void Push(long microseconds, in Event what)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * _count);
        }

        Event added = what with { Time = Now + Math.Max(0, microseconds), Order = _order++ };
        int at = _count++;
        while (at > 0)
        {
            int parent = (at - 1) / 4;
            if (!added.Precedes(_heap[parent]))
            {
                break;
            }

            _heap[at] = _heap[parent];
            at = parent;
        }

        _heap[at] = added;
    }

    private void Pop()
    {
        Event last = _heap[--_count];
        _heap[_count] = default;
        int at = 0;
        while (true)
        {
            int first = (4 * at) + 1;
            if (first >= _count)
            {
                break;
            }

            int least = first;
            int end = Math.Min(first + 4, _count);
            for (int child = first + 1; child < end; child++)
            {
                if (_heap[child].Precedes(_heap[least]))
                {
                    least = child;
                }
            }

            if (!_heap[least].Precedes(last))
            {
                break;
            }

            _heap[at] = _heap[least];
            at = least;
        }

        if (_count > 0)
        {
            _heap[at] = last;
        }
    }

    private readonly record struct Event(long Time, long Order, object Target, Envelope? Envelope, int From)
    {
        public bool Precedes(in Event other) => Time < other.Time || (Time == other.Time && Order < other.Order);
    }
}
