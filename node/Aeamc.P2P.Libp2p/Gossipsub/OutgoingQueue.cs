using System.Buffers;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What became of a frame that was to be queued.</summary>
internal enum EnqueueResult
{
    Queued,

    /// <summary>It is queued, and frames that matter less were dropped for it.</summary>
    QueuedInstead,

    /// <summary>There was no room for it.</summary>
    Dropped,

    /// <summary>Not even pushing out everything that matters less made room: the peer has stopped reading.</summary>
    Overflow,
}

/// <summary>
/// The frames that wait for one peer, bounded in bytes. When it is full, gossip is dropped first, then messages of others. It
/// holds each frame until it is written or dropped. Many may enqueue, one writes.
/// </summary>
internal sealed class OutgoingQueue(int maxBytes) : IDisposable
{
    private const int BatchBytes = 64 << 10;

    private readonly Queue<SharedFrame>[] _frames = [new(), new(), new()];
    private readonly HashSet<PubsubMessage> _forwards = [];
    private readonly Signal _ready = new();
    private readonly Lock _gate = new();
    private int _bytes;
    private bool _disposed;

    public int Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Retains the frame if it is queued.</summary>
    public EnqueueResult Enqueue(SharedFrame frame, SendPriority priority)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return EnqueueResult.Dropped;
            }

            EnqueueResult result = EnqueueResult.Queued;
            for (SendPriority victim = SendPriority.Gossip; victim > priority && _bytes + frame.Length > maxBytes; victim--)
            {
                while (_bytes + frame.Length > maxBytes && _frames[(int)victim].Count > 0)
                {
                    Dequeue(victim, out _).Release();
                    result = EnqueueResult.QueuedInstead;
                }
            }

            if (_bytes + frame.Length > maxBytes)
            {
                return priority == SendPriority.Control ? EnqueueResult.Overflow : EnqueueResult.Dropped;
            }

            frame.Retain();
            _frames[(int)priority].Enqueue(frame);
            _bytes += frame.Length;
            if (priority == SendPriority.Forward && frame.Message is { } message)
            {
                _forwards.Add(message);
            }

            _ready.Set();
            return result;
        }
    }

    /// <summary>The peer has the message (v1.2): a forwarded copy that still waits is not written. False when none does.</summary>
    public bool Cancel(PubsubMessage message)
    {
        lock (_gate)
        {
            return _forwards.Remove(message);
        }
    }

    /// <summary>Writes what is queued, the important first, until cancelled. Many small frames go out in one write.</summary>
    /// <exception cref="ChannelClosedException">The stream is gone; what it had taken is lost.</exception>
    public async Task WriteToAsync(ByteChannel stream, CancellationToken cancellationToken)
    {
        byte[] batch = ArrayPool<byte>.Shared.Rent(BatchBytes);
        using CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(static signal => ((Signal)signal!).Set(), _ready);
        try
        {
            while (true)
            {
                await _ready.WaitAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                for (int length = Take(batch, out SharedFrame? large); length > 0 || large is not null; length = Take(batch, out large))
                {
                    try
                    {
                        await stream.WriteGatheredAsync(large?.Memory ?? batch.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
                    }
                    finally
                    {
                        large?.Release();
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batch);
        }
    }

    /// <summary>Fills the batch with whole frames; a frame that no batch could hold comes alone and is the caller's to release.</summary>
    public int Take(Span<byte> batch, out SharedFrame? large)
    {
        large = null;
        int length = 0;
        lock (_gate)
        {
            for (SendPriority priority = SendPriority.Control; priority <= SendPriority.Gossip; priority++)
            {
                while (_frames[(int)priority].TryPeek(out SharedFrame? next))
                {
                    bool fits = next.Length <= batch.Length - length;
                    if (!fits && length > 0)
                    {
                        return length;
                    }

                    SharedFrame frame = Dequeue(priority, out bool cancelled);
                    if (cancelled)
                    {
                        frame.Release();
                    }
                    else if (!fits)
                    {
                        large = frame;
                        return 0;
                    }
                    else
                    {
                        frame.Span.CopyTo(batch[length..]);
                        length += frame.Length;
                        frame.Release();
                    }
                }
            }
        }

        return length;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            for (SendPriority priority = SendPriority.Control; priority <= SendPriority.Gossip; priority++)
            {
                while (_frames[(int)priority].Count > 0)
                {
                    Dequeue(priority, out _).Release();
                }
            }
        }
    }

    private SharedFrame Dequeue(SendPriority priority, out bool cancelled)
    {
        SharedFrame frame = _frames[(int)priority].Dequeue();
        _bytes -= frame.Length;
        cancelled = priority == SendPriority.Forward && frame.Message is { } message && !_forwards.Remove(message);
        return frame;
    }
}
