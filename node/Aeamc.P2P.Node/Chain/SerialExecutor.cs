using System.Diagnostics;

namespace Aeamc.P2P.Node.Chain;

/// <summary>
/// One thread that runs posted work in order and then settles: everything that was waiting is run first, and the consequences are drawn once.
/// What it owns needs no locks. A fault ends it and is reported once: state that broke half-way is not used again.
/// </summary>
public sealed class SerialExecutor : IDisposable
{
    private readonly object _gate = new();
    private Queue<Action> _work = new();
    private readonly Thread _thread;
    private readonly Action _settle;
    private readonly Action<Exception> _onFault;
    private long _alarmDue = long.MaxValue;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closed;

    public SerialExecutor(string name, Action settle, Action<Exception> onFault)
    {
        _settle = settle;
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

    /// <summary>Runs <paramref name="work"/> in turn and gives its result.</summary>
    /// <exception cref="OperationCanceledException">The executor closed, or failed, before.</exception>
    public async Task<T> AskAsync<T>(Func<T> work)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => result.TrySetResult(work()));
        await Task.WhenAny(result.Task, _ended.Task);
        return result.Task.IsCompleted ? await result.Task : throw new OperationCanceledException("The executor has stopped.");
    }

    /// <summary>Settles again after this time, or sooner if an earlier alarm is set or work comes. Called from the executor's own thread.</summary>
    public void AlarmIn(TimeSpan delay)
    {
        long due = Stopwatch.GetTimestamp() + (long)(Math.Max(0, delay.TotalSeconds) * Stopwatch.Frequency);
        _alarmDue = Math.Min(_alarmDue, due);
    }

    /// <summary>Drops what waits, finishes what runs.</summary>
    public void Dispose()
    {
        Close();
        if (_thread.IsAlive && Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }

        _ended.TrySetResult();
    }

    private void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _work.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        try
        {
            var taken = new Queue<Action>();
            while (TryTake(ref taken))
            {
                while (taken.TryDequeue(out Action? work))
                {
                    work();
                }

                _settle();
            }
        }
        catch (Exception fault)
        {
            Close();
            _ended.TrySetResult();
            _onFault(fault);
        }
    }

    /// <summary>Waits for work or the alarm and swaps the full queue for the empty one; false once closed.</summary>
    private bool TryTake(ref Queue<Action> taken)
    {
        lock (_gate)
        {
            while (!_closed)
            {
                long left = _alarmDue == long.MaxValue ? long.MaxValue : _alarmDue - Stopwatch.GetTimestamp();
                if (_work.Count > 0 || left <= 0)
                {
                    _alarmDue = left <= 0 ? long.MaxValue : _alarmDue;
                    (_work, taken) = (taken, _work);
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

        return false;
    }
}
