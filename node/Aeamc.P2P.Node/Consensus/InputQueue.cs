using Aeamc.P2P.Consensus.Simplex;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>
/// The loop's mailbox. What peers send is dropped and counted when the box is full, for the core asks again; answers to our own
/// questions always fit, for there are never more of them than questions.
/// </summary>
public sealed class InputQueue
{
    /// <summary>Messages of peers held at most; at four votes a view and member this is hundreds of views.</summary>
    public const int Capacity = 16_384;

    private readonly object _gate = new();
    private readonly Queue<Input> _inputs = new();
    private bool _closed;
    private long _dropped;

    /// <summary>Messages of peers dropped because the loop did not keep up.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Adds a peer's message; false when it was dropped.</summary>
    public bool OfferFromPeer(Input input)
    {
        lock (_gate)
        {
            if (_inputs.Count >= Capacity)
            {
                _dropped++;
                return false;
            }

            Add(input);
            return true;
        }
    }

    /// <summary>Adds an answer to one of the loop's own questions.</summary>
    public void Answer(Input input)
    {
        lock (_gate)
        {
            Add(input);
        }
    }

    /// <summary>Wakes the reader for good.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Moves what waits into <paramref name="into"/>, waiting up to <paramref name="timeout"/> for something; false once closed.</summary>
    public bool Drain(List<Input> into, int maximum, TimeSpan timeout)
    {
        lock (_gate)
        {
            if (_inputs.Count == 0 && !_closed && timeout > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, timeout);
            }

            while (into.Count < maximum && _inputs.TryDequeue(out Input? input))
            {
                into.Add(input);
            }

            return !_closed;
        }
    }

    private void Add(Input input)
    {
        _inputs.Enqueue(input);
        Monitor.Pulse(_gate);
    }
}
