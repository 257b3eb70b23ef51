using System.Buffers;

namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>
/// What waits to be sent on a connection. Frames of all streams are appended to one buffer; a single flusher takes the whole buffer,
/// encrypts and sends it while the next one fills. So many small frames cost one Noise frame and one system call, and memory is bounded:
/// data waits outside when the buffer is full, control frames have a reserve of their own. What a writer has gathered is sent by the writer itself if it is
/// small and the connection idle: waking another thread for it costs more than sending it.
/// </summary>
internal sealed class YamuxOutbox : IThreadPoolWorkItem
{
    private const int FirstBuffer = 4096;
    private const int ControlReserve = 64 * 1024;
    private const int SmallWrite = 16 * 1024;

    private readonly object _gate = new();
    private readonly ByteChannel _channel;
    private readonly int _capacity;
    private readonly Action _onFailure;
    private byte[]? _buffer;
    private int _filled;
    private bool _flushing;
    private bool _closed;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _drained;

    /// <param name="channel">Where to send.</param>
    /// <param name="capacity">Bytes of data frames that may wait.</param>
    /// <param name="onFailure">Told once when sending fails.</param>
    public YamuxOutbox(ByteChannel channel, int capacity, Action onFailure)
    {
        _channel = channel;
        _capacity = capacity;
        _onFailure = onFailure;
    }

    /// <summary>Queues a frame without payload. False when even the reserve is full: the peer makes us answer and reads nothing.</summary>
    public bool TryAppendControl(in YamuxHeader header)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return true;
            }

            if (_filled + YamuxHeader.Size > _capacity + ControlReserve)
            {
                return false;
            }

            header.Write(Reserve(YamuxHeader.Size));
            if (BecomesFlushing())
            {
                Hop();
            }

            return true;
        }
    }

    /// <summary>Queues a data frame; when there is no room, gives the task that ends when there may be some.</summary>
    /// <param name="mayLinger">Whether the caller, who holds no lock, may be the one that sends.</param>
    public AppendResult TryAppendData(uint streamId, ReadOnlySpan<byte> payload, bool mayLinger, out Task room)
    {
        lock (_gate)
        {
            room = Task.CompletedTask;
            if (_closed)
            {
                return AppendResult.Closed;
            }

            if (_filled > 0 && _filled + YamuxHeader.Size + payload.Length > _capacity)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
                return AppendResult.Full;
            }

            Span<byte> frame = Reserve(YamuxHeader.Size + payload.Length);
            new YamuxHeader(YamuxFrameType.Data, YamuxFlags.None, streamId, (uint)payload.Length).Write(frame);
            payload.CopyTo(frame[YamuxHeader.Size..]);
            if (!BecomesFlushing())
            {
                return AppendResult.Queued;
            }

            // Of a long write the next piece is filled while the first is sent.
            mayLinger &= payload.Length <= SmallWrite;
            if (!mayLinger)
            {
                Hop();
            }
        }

        if (mayLinger)
        {
            _ = FlushAsync(once: true);
        }

        return AppendResult.Queued;
    }

    /// <summary>Ends when everything queued so far is handed to the socket.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            if (!_flushing || _closed)
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Takes nothing more; who waits for room is let go and fails.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _filled = 0;
            Release(ref _buffer);
            _room?.TrySetResult();
            _drained?.TrySetResult();
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = FlushAsync(once: false);

    private async Task FlushAsync(bool once)
    {
        try
        {
            while (TryTake(out byte[] buffer, out int length))
            {
                try
                {
                    await _channel.WriteAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }

                // What others have queued meanwhile is not this caller's to send.
                if (once && Waits())
                {
                    Hop();
                    return;
                }
            }
        }
        catch (Exception)
        {
            // Most often the connection ended; whatever it was, nothing more can be sent, and the session says what that means.
            _onFailure();
        }
    }

    private bool TryTake(out byte[] buffer, out int length)
    {
        lock (_gate)
        {
            if (_buffer is null || _closed)
            {
                _flushing = false;
                _drained?.TrySetResult();
                _drained = null;
                (buffer, length) = ([], 0);
                return false;
            }

            (buffer, length) = (_buffer, _filled);
            _buffer = null;
            _filled = 0;
            _room?.TrySetResult();
            _room = null;
            return true;
        }
    }

    private bool Waits()
    {
        lock (_gate)
        {
            return _buffer is not null && !_closed;
        }
    }

    private bool BecomesFlushing()
    {
        bool was = _flushing;
        _flushing = true;
        return !was;
    }

    // To the pool, not a send from here: the caller's next frames join the same packet.
    private void Hop() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private Span<byte> Reserve(int count)
    {
        int needed = _filled + count;
        if (_buffer is null || _buffer.Length < needed)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, Math.Max(needed, _filled * 2)));
            _buffer.AsSpan(0, _filled).CopyTo(larger);
            Release(ref _buffer);
            _buffer = larger;
        }

        Span<byte> reserved = _buffer.AsSpan(_filled, count);
        _filled = needed;
        return reserved;
    }

    private static void Release(ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }
}
