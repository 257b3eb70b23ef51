using System.Runtime.CompilerServices;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>
/// One stream of a session. The peer may send what our receive window allows; credit is given back only for bytes that were read, so a slow
/// reader holds at most its window in memory. We may send what the peer's credit allows.
/// </summary>
internal sealed class YamuxStream : PeerStream
{
    // The smallest round trip assumed when deciding whether a window was used up fast: below, timer noise decides.
    private static readonly TimeSpan FastestRound = TimeSpan.FromMilliseconds(20);

    private const int ReadsInARow = 32;

    private readonly object _gate = new();
    private readonly YamuxSession _session;
    private readonly ReceiveBuffer _received = new();
    private readonly bool _outbound;
    private long _credit = YamuxOptions.InitialWindow;
    private TaskCompletionSource? _creditArrived;
    private long _window = YamuxOptions.InitialWindow;
    private long _windowLeft = YamuxOptions.InitialWindow;
    private long _unacknowledged;
    private long _lastUpdate;
    private bool _writeClosed;
    private bool _remoteClosed;
    private bool _discarding;
    private int _readsInARow;
    private ChannelCloseReason? _closed;

    public YamuxStream(YamuxSession session, uint id, bool outbound)
    {
        _session = session;
        Id = id;
        _outbound = outbound;
        _lastUpdate = session.Time.GetTimestamp();
    }

    /// <summary>The stream's number: odd from the dialler, even from the listener.</summary>
    public uint Id { get; }

    /// <summary>The session it runs in.</summary>
    public YamuxSession Session => _session;

    /// <summary>Whether the peer has acknowledged a stream that we opened.</summary>
    public bool Acknowledged { get; set; }

    public override PeerId RemotePeer => _session.RemotePeer;

    public override string Protocol => NegotiatedProtocol;

    /// <summary>Set when multistream-select is done.</summary>
    public string NegotiatedProtocol { get; set; } = "";

    public override bool IsOutbound => _outbound;

    /// <summary>When both directions ended, or at a reset.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _closed is not null || (_writeClosed && _remoteClosed);
            }
        }
    }

    /// <summary>Since when nobody reads the stream any more; null while somebody may.</summary>
    public long? DiscardingSince { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ValueTask<int> reading = _received.ReadAsync(destination, cancellationToken);
        _readsInARow = reading.IsCompleted ? _readsInARow + 1 : 0;
        int count = await reading.ConfigureAwait(false);
        if (_readsInARow == ReadsInARow)
        {
            // A window full of small messages, and a reader that answers each: other streams have their turn.
            _readsInARow = 0;
            await Task.Yield();
        }

        if (count > 0)
        {
            GiveCredit(count);
        }

        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        WriteAsync(source, mayLinger: false, cancellationToken);

    internal override ValueTask WriteGatheredAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken) =>
        WriteAsync(source, mayLinger: true, cancellationToken);

    public override bool TryWrite(ReadOnlySpan<byte> source)
    {
        lock (_gate)
        {
            if (_closed is not null || _writeClosed || source.Length > Math.Min(_credit, YamuxOptions.MaxDataFrame))
            {
                return false;
            }

            _credit -= source.Length;
        }

        if (_session.Outbox.TryAppendData(Id, source, mayLinger: true, out _) == AppendResult.Queued)
        {
            return true;
        }

        ReturnCredit(source.Length);
        return false;
    }

    public override void CloseWrite()
    {
        lock (_gate)
        {
            if (_writeClosed || _closed is not null)
            {
                return;
            }

            _writeClosed = true;
            _creditArrived?.TrySetResult();
        }

        _session.SendControl(new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Fin, Id, 0));
        _session.RemoveIfOver(this);
    }

    public override void Reset()
    {
        if (Close(ChannelCloseReason.ClosedLocally))
        {
            _session.SendControl(new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, Id, 0));
            _session.RemoveIfOver(this);
        }
    }

    public override ValueTask DisposeAsync()
    {
        CloseWrite();
        bool unread;
        lock (_gate)
        {
            unread = _received.Count > 0 && !_remoteClosed;
            _discarding = true;
            DiscardingSince ??= _session.Time.GetTimestamp();
        }

        // The peer's end may be on its way: only a peer that sends on is told by a reset that nobody reads it.
        if (unread)
        {
            Reset();
        }

        _session.Released(_received.Discard());
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes received bytes, from the session's reader.</summary>
    public DeliverResult Deliver(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            if (data.Length > _windowLeft || _remoteClosed)
            {
                return DeliverResult.Violation;
            }

            _windowLeft -= data.Length;
            if (_closed is not null)
            {
                return DeliverResult.Dropped;
            }

            if (_discarding)
            {
                return DeliverResult.Unwanted;
            }

            // Counted before a reader can take them and count them off.
            if (!_session.TryBuffer(data.Length))
            {
                return DeliverResult.Overflow;
            }

            _received.Add(data);
            return DeliverResult.Stored;
        }
    }

    /// <summary>The peer ended its direction.</summary>
    public void RemoteClosed()
    {
        lock (_gate)
        {
            if (_remoteClosed)
            {
                return;
            }

            _remoteClosed = true;
            if (_closed is null)
            {
                _received.End();
            }
        }
    }

    /// <summary>Gives us credit; false when the sum is beyond reason.</summary>
    public bool AddCredit(uint delta)
    {
        lock (_gate)
        {
            if (_credit + delta > YamuxOptions.MaxCredit)
            {
                return false;
            }

            _credit += delta;
            _creditArrived?.TrySetResult();
            _creditArrived = null;
            return true;
        }
    }

    /// <summary>Ends the stream at once, without telling the peer; false when it was over before.</summary>
    public bool Close(ChannelCloseReason reason)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                return false;
            }

            _closed = reason;
            _session.Released(_received.Fail(reason));
            _creditArrived?.TrySetResult();
            return true;
        }
    }

    private ValueTask WriteAsync(ReadOnlyMemory<byte> source, bool mayLinger, CancellationToken cancellationToken)
    {
        // The usual case, credit and room at hand, needs no state machine. A connection that ends just now is a failed task, never an
        // exception of the call itself: that would reach callers who do not wait for the bytes to be taken.
        return Push(ref source, mayLinger, out Task wait) switch
        {
            AppendResult.Queued => ValueTask.CompletedTask,
            AppendResult.Full => WriteSlowlyAsync(source, wait, cancellationToken),
            _ => ValueTask.FromException(new ChannelClosedException(WriteFailure)),
        };
    }

    private async ValueTask WriteSlowlyAsync(ReadOnlyMemory<byte> source, Task wait, CancellationToken cancellationToken)
    {
        AppendResult result;
        do
        {
            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
            result = Push(ref source, mayLinger: false, out wait);
        }
        while (result == AppendResult.Full);
        if (result == AppendResult.Closed)
        {
            throw new ChannelClosedException(WriteFailure);
        }
    }

    private ChannelCloseReason WriteFailure
    {
        get
        {
            lock (_gate)
            {
                return _closed ?? (_writeClosed ? ChannelCloseReason.ClosedLocally : ChannelCloseReason.ConnectionLost);
            }
        }
    }

    /// <summary>Queues as much as credit and room allow; what is left is still in <paramref name="source"/>.</summary>
    private AppendResult Push(ref ReadOnlyMemory<byte> source, bool mayLinger, out Task wait)
    {
        AppendResult result = AppendResult.Queued;
        wait = Task.CompletedTask;
        while (!source.IsEmpty && result == AppendResult.Queued)
        {
            result = TakeCredit(source.Length, out int count, out wait);
            if (result == AppendResult.Queued)
            {
                result = _session.Outbox.TryAppendData(Id, source.Span[..count], mayLinger, out wait);
                if (result == AppendResult.Queued)
                {
                    source = source[count..];
                }
                else
                {
                    ReturnCredit(count);
                }
            }
        }

        return result;
    }

    private AppendResult TakeCredit(int wanted, out int count, out Task wait)
    {
        lock (_gate)
        {
            wait = Task.CompletedTask;
            count = 0;
            if (_closed is not null || _writeClosed)
            {
                return AppendResult.Closed;
            }

            count = (int)Math.Min(Math.Min(wanted, YamuxOptions.MaxDataFrame), _credit);
            if (count == 0)
            {
                _creditArrived ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _creditArrived.Task;
                return AppendResult.Full;
            }

            _credit -= count;
            return AppendResult.Queued;
        }
    }

    private void ReturnCredit(int count)
    {
        lock (_gate)
        {
            _credit += count;
        }
    }

    private void GiveCredit(int count)
    {
        long delta = 0;
        _session.Released(count);
        lock (_gate)
        {
            _unacknowledged += count;
            if (_unacknowledged < _window / 2 || _remoteClosed || _closed is not null)
            {
                return;
            }

            delta = _unacknowledged + GrowWindow();
            _unacknowledged = 0;
            _windowLeft += delta;
        }

        _session.SendControl(new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.None, Id, (uint)delta));
    }

    // Half a window read within a few round trips means the window, not the reader, is what limits: double it, while the session has room.
    private long GrowWindow()
    {
        long now = _session.Time.GetTimestamp();
        TimeSpan taken = _session.Time.GetElapsedTime(_lastUpdate, now);
        _lastUpdate = now;
        TimeSpan fast = _session.RoundTrip * 4 > FastestRound ? _session.RoundTrip * 4 : FastestRound;
        long growth = Math.Min(_window, _session.Options.MaxStreamWindow - _window);
        if (taken > fast || growth <= 0 || !_session.TryReserveWindow(growth))
        {
            return 0;
        }

        _window += growth;
        return growth;
    }

    /// <summary>Window beyond the first 256 KiB, to give back to the session when the stream is gone.</summary>
    public long ExtraWindow => _window - YamuxOptions.InitialWindow;
}
