using System.Runtime.ExceptionServices;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>A second thread of its owner, for one thing at a time: two waits for the disk at once take as long as the longer one. Used by one thread.</summary>
public sealed class SideThread : IDisposable
{
    private readonly object _gate = new();
    private readonly Thread _thread;
    private Action? _work;
    private ExceptionDispatchInfo? _failure;
    private bool _closed;

    public SideThread(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Does both at the same time, <paramref name="here"/> on the caller's thread, and returns when both are done. An exception of either is thrown then, that of <paramref name="here"/> first.</summary>
    public void RunBeside(Action beside, Action here)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _failure = null;
            _work = beside;
            Monitor.PulseAll(_gate);
        }

        try
        {
            here();
        }
        finally
        {
            lock (_gate)
            {
                while (_work is not null)
                {
                    Monitor.Wait(_gate);
                }
            }
        }

        _failure?.Throw();
    }

    /// <summary>Finishes what runs and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    private void Run()
    {
        while (TryTake() is { } work)
        {
            try
            {
                work();
            }
            catch (Exception failure)
            {
                _failure = ExceptionDispatchInfo.Capture(failure);
            }

            lock (_gate)
            {
                _work = null;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private Action? TryTake()
    {
        lock (_gate)
        {
            while (_work is null && !_closed)
            {
                Monitor.Wait(_gate);
            }

            return _work;
        }
    }
}
