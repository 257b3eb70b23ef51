using System.Threading.Tasks.Sources;

namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>
/// The bytes of one stream between the session's reader and the stream's. A reader that waits gets them straight into its memory; what comes
/// while none waits lies in pooled memory that is given back as soon as it is read, so an idle stream holds none. What was received
/// before the connection was lost can still be read. One reader; any thread may add, end or fail.
/// </summary>
internal sealed class ReceiveBuffer : IValueTaskSource<int>
{
    private readonly Lock _gate = new();
    // The session's reader completes a wait and must not run what the stream's reader does next.
    private ManualResetValueTaskSourceCore<int> _wait = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private Memory<byte> _destination;
    private bool _waiting;
    private readonly ByteQueue _bytes = new();
    private bool _ended;
    private ChannelCloseReason? _failure;

    /// <summary>Bytes added and not yet read.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _bytes.Count;
            }
        }
    }

    /// <summary>Reads what is there, at least one byte; 0 at the end.</summary>
    /// <exception cref="ChannelClosedException">The stream failed, and what came before is read.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_waiting)
            {
                throw new InvalidOperationException("A stream has one reader at a time.");
            }

            if (_bytes.Count > 0 || destination.IsEmpty)
            {
                return ValueTask.FromResult(_bytes.Read(destination.Span));
            }

            if (_failure is { } reason)
            {
                return ValueTask.FromException<int>(new ChannelClosedException(reason));
            }

            if (_ended)
            {
                return ValueTask.FromResult(0);
            }

            if (cancellationToken.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<int>(cancellationToken);
            }

            _wait.Reset();
            _destination = destination;
            _waiting = true;
            if (cancellationToken.CanBeCanceled)
            {
                _cancellation = cancellationToken.UnsafeRegister(static (buffer, token) => ((ReceiveBuffer)buffer!).Cancel(token), this);
            }

            return new ValueTask<int>(this, _wait.Version);
        }
    }

    /// <summary>Adds bytes. Not after the end or a failure.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        int direct = 0;
        lock (_gate)
        {
            if (_waiting)
            {
                direct = Math.Min(data.Length, _destination.Length);
                data[..direct].CopyTo(_destination.Span);
                data = data[direct..];
                StopWaiting();
            }

            _bytes.Write(data);
        }

        if (direct > 0)
        {
            _wait.SetResult(direct);
        }
    }

    /// <summary>No bytes come any more: after those that are here, reading gives 0.</summary>
    public void End()
    {
        bool waited;
        lock (_gate)
        {
            _ended = true;
            waited = StopWaiting();
        }

        if (waited)
        {
            _wait.SetResult(0);
        }
    }

    /// <summary>The stream is over. Bytes that came before a loss of the connection stay readable; any other reason drops them.</summary>
    /// <returns>How many bytes were dropped.</returns>
    public int Fail(ChannelCloseReason reason)
    {
        int dropped = 0;
        bool waited = false;
        lock (_gate)
        {
            // The end had come before: nothing is missing.
            if (!_ended)
            {
                _failure ??= reason;
                waited = StopWaiting();
            }

            if (reason != ChannelCloseReason.ConnectionLost)
            {
                dropped = _bytes.Clear();
            }
        }

        if (waited)
        {
            _wait.SetException(new ChannelClosedException(reason));
        }

        return dropped;
    }

    /// <summary>Nobody reads any more. Gives how many bytes were dropped.</summary>
    public int Discard()
    {
        lock (_gate)
        {
            _failure ??= ChannelCloseReason.ClosedLocally;
            return _bytes.Clear();
        }
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        // Outside the lock: this may wait for a cancellation that is just running, and that takes the lock.
        _cancellation.Dispose();
        _cancellation = default;
        return _wait.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken token)
    {
        lock (_gate)
        {
            if (!StopWaiting())
            {
                return;
            }
        }

        _wait.SetException(new OperationCanceledException(token));
    }

    private bool StopWaiting()
    {
        bool was = _waiting;
        _waiting = false;
        _destination = default;
        return was;
    }
}
