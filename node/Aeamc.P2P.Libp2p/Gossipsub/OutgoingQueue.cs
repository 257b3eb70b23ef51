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
/// The frames that wait for one peer, bounded in bytes. When it is full, gossip is dropped first, then messages of others.
/// Many may enqueue, one writes.
/// </summary>
internal sealed class OutgoingQueue(int maxBytes) : IDisposable
{
    private const int BatchBytes = 64 << 10;

    private readonly Queue<byte[]>[] _frames = [new(), new(), new()];
    private readonly SemaphoreSlim _ready = new(0, 1);
    private readonly Lock _gate = new();
    private int _bytes;

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

    public EnqueueResult Enqueue(byte[] frame, SendPriority priority)
    {
        lock (_gate)
        {
            EnqueueResult result = EnqueueResult.Queued;
            for (SendPriority victim = SendPriority.Gossip; victim > priority && _bytes + frame.Length > maxBytes; victim--)
            {
                while (_bytes + frame.Length > maxBytes && _frames[(int)victim].TryDequeue(out byte[]? dropped))
                {
                    _bytes -= dropped.Length;
                    result = EnqueueResult.QueuedInstead;
                }
            }

            if (_bytes + frame.Length > maxBytes)
            {
                return priority == SendPriority.Control ? EnqueueResult.Overflow : EnqueueResult.Dropped;
            }

            _frames[(int)priority].Enqueue(frame);
            _bytes += frame.Length;
            if (_ready.CurrentCount == 0)
            {
                _ready.Release();
            }

            return result;
        }
    }

    /// <summary>Writes what is queued, the important first, until cancelled. Many small frames go out in one write.</summary>
    /// <exception cref="ChannelClosedException">The stream is gone; what it had taken is lost.</exception>
    public async Task WriteToAsync(ByteChannel stream, CancellationToken cancellationToken)
    {
        byte[] batch = ArrayPool<byte>.Shared.Rent(BatchBytes);
        try
        {
            while (true)
            {
                await _ready.WaitAsync(cancellationToken).ConfigureAwait(false);
                for (int length = Take(batch, out byte[]? large); length > 0 || large is not null; length = Take(batch, out large))
                {
                    await stream.WriteAsync(large ?? batch.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batch);
        }
    }

    public void Dispose() => _ready.Dispose();

    /// <summary>Fills the batch with whole frames; a frame that no batch could hold comes alone.</summary>
    private int Take(byte[] batch, out byte[]? large)
    {
        large = null;
        int length = 0;
        lock (_gate)
        {
            foreach (Queue<byte[]> frames in _frames)
            {
                while (frames.TryPeek(out byte[]? frame))
                {
                    if (frame.Length > batch.Length - length)
                    {
                        if (length == 0)
                        {
                            large = frames.Dequeue();
                            _bytes -= large.Length;
                        }

                        return length;
                    }

                    frames.Dequeue();
                    _bytes -= frame.Length;
                    frame.CopyTo(batch, length);
                    length += frame.Length;
                }
            }
        }

        return length;
    }
}
