using System.Diagnostics;

namespace Aeamc.P2P.Node.Chain;

/// <summary>
/// One thread that runs posted work in order, with one settable alarm. What it owns needs no locks. A fault ends it and is reported once:
/// state that broke half-way is not used again.
/// </summary>
public sealed class SerialExecutor : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private readonly Thread _thread;
    private readonly Action _onAlarm;
    private readonly Action<Exception> _onFault;
    private long _alarmDue = long.MaxValue;
    private bool _closed;

    public SerialExecutor(string name, Action onAlarm, Action<Exception> onFault)
    {
        _onAlarm = onAlarm;
        _onFault = onFault;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    /// <summary>Work posted and not begun.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _work.Count;
            }
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Adds work; nothing happens once closed.</summary>
    public void Post(Action work)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _work.Enqueue(work);
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Runs <paramref name="work"/> in turn and gives its result; faults the task when the executor closes before.</summary>
    public Task<T> AskAsync<T>(Func<T> work)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => result.TrySetResult(work()));
        return result.Task;
    }

    /// <summary>Calls the alarm on the executor's thread after this time, unless an earlier one is set already. Called from the executor's own thread.</summary>
    public void AlarmIn(TimeSpan delay)
    {
        long due = Stopwatch.GetTimestamp() + (long)(Math.Max(0, delay.TotalSeconds) * Stopwatch.Frequency);
        _alarmDue = Math.Min(_alarmDue, due);
    }

    /// <summary>Drops what waits, finishes what runs.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _work.Clear();
            Monitor.PulseAll(_gate);
        }

        if (_thread.IsAlive && Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        try
        {
            while (TryTake(out Action? work))
            {
                work();
            }
        }
        catch (Exception fault)
        {
            _onFault(fault);
        }
    }

    private bool TryTake(out Action work)
    {
        lock (_gate)
        {
            while (!_closed)
            {
                long left = _alarmDue == long.MaxValue ? long.MaxValue : _alarmDue - Stopwatch.GetTimestamp();
                if (left <= 0)
                {
                    _alarmDue = long.MaxValue;
                    work = _onAlarm;
                    return true;
                }

                if (_work.TryDequeue(out Action? next))
                {
                    work = next;
                    return true;
                }

                if (left == long.MaxValue)
                {
                    Monitor.Wait(_gate);
                }
                else
                {
                    Monitor.Wait(_gate, (int)Math.Min(60_000, (left * 1000 / Stopwatch.Frequency) + 1));
                }
            }
        }

        work = static () => { };
        return false;
    }
}
