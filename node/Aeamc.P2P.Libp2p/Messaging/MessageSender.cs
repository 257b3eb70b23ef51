using System.Buffers;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Messaging;

/// <summary>
/// Sends one-way messages to one peer on one protocol. The usual message goes straight from the caller's thread into the connection's outbox, and from there to
/// the socket when the connection is idle; what finds no stream, credit or room waits in a queue, for a task that keeps a stream and writes what is queued in batches.
/// </summary>
internal sealed class MessageSender
{
    private const int BatchBytes = 64 * 1024;

    // After a failure: neither a dead peer nor one without the protocol is asked more often.
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    private readonly ILibp2pHost _host;
    private readonly PeerId _peer;
    private readonly string[] _protocol;
    private readonly MessageQueue _queue;
    private readonly Lock _gate = new();

    // The open stream while the queue is empty and the task asleep: who holds the gate may write to it.
    private PeerStream? _idle;

    public MessageSender(ILibp2pHost host, PeerId peer, string protocol, Libp2pLimits limits)
    {
        _host = host;
        _peer = peer;
        _protocol = [protocol];
        _queue = new MessageQueue(limits.MessageQueueLength, limits.MessageQueueBytes);
    }

    /// <summary>Sends or queues a message, in the order of the calls; gives how many old ones were dropped for it.</summary>
    public int Send(ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            if (_idle is { } stream && TryWrite(stream, message.Span))
            {
                return 0;
            }

            _idle = null;
            return _queue.Enqueue(message);
        }
    }

    /// <summary>Sends until the peer is gone.</summary>
    public async Task RunAsync(CancellationToken gone)
    {
        PeerStream? stream = null;
        try
        {
            while (true)
            {
                await _queue.WaitAsync(gone).ConfigureAwait(false);
                try
                {
                    while (TryTake(stream, out ReadOnlyMemory<byte> first))
                    {
                        stream ??= await _host.OpenStreamAsync(_peer, _protocol, gone).ConfigureAwait(false);
                        await WriteBatchAsync(stream, first, gone).ConfigureAwait(false);
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException || !gone.IsCancellationRequested)
                {
                    // What was queued for a broken stream is old by the time there is another. One message at least was in hand. A fault of
                    // another kind has a name of its own, but must not end the task: the peer's later messages would wait for nobody.
                    _host.Refusals.Count(e is IOException ? "message-undeliverable" : "message-sender-failed");
                    await DropAsync(stream).ConfigureAwait(false);
                    stream = null;
                    await Task.Delay(RetryPause, _host.Time, gone).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The peer is gone.
        }
        finally
        {
            await DropAsync(stream).ConfigureAwait(false);
        }
    }

    private static bool TryWrite(PeerStream stream, ReadOnlySpan<byte> message)
    {
        byte[] frame = ArrayPool<byte>.Shared.Rent(UVarint.MaxLength + message.Length);
        bool written = stream.TryWrite(frame.AsSpan(0, LengthPrefixed.Write(frame, message)));
        ArrayPool<byte>.Shared.Return(frame);
        return written;
    }

    /// <summary>The next queued message; when there is none, the stream is left to the callers of <see cref="Send"/>.</summary>
    private bool TryTake(PeerStream? stream, out ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            bool found = _queue.TryDequeue(out message);
            _idle = found ? null : stream;
            return found;
        }
    }

    private async Task DropAsync(PeerStream? stream)
    {
        lock (_gate)
        {
            _idle = null;
        }

        for (int lost = _queue.Clear(); lost > 0; lost--)
        {
            _host.Refusals.Count("message-undeliverable");
        }

        if (stream is not null)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask WriteBatchAsync(PeerStream stream, ReadOnlyMemory<byte> first, CancellationToken gone)
    {
        if (first.Length > BatchBytes / 2)
        {
            await LengthPrefixed.WriteAsync(stream, first, gone).ConfigureAwait(false);
            return;
        }

        byte[] batch = ArrayPool<byte>.Shared.Rent(BatchBytes);
        try
        {
            int length = LengthPrefixed.Write(batch, first.Span);
            // Half a batch always has room for another message of at most half a batch.
            while (length < (BatchBytes / 2) - UVarint.MaxLength && _queue.TryDequeue(out ReadOnlyMemory<byte> next))
            {
                if (next.Length > BatchBytes / 2)
                {
                    await stream.WriteAsync(batch.AsMemory(0, length), gone).ConfigureAwait(false);
                    await LengthPrefixed.WriteAsync(stream, next, gone).ConfigureAwait(false);
                    return;
                }

                length += LengthPrefixed.Write(batch.AsSpan(length), next.Span);
            }

            await stream.WriteGatheredAsync(batch.AsMemory(0, length), gone).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batch);
        }
    }
}
