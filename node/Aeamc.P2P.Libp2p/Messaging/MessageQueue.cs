using System.Threading.Channels;

namespace Aeamc.P2P.Libp2p.Messaging;

/// <summary>A queue bounded in messages and bytes. When it is full the oldest go: of votes and gossip the newest matter.</summary>
internal sealed class MessageQueue(int maxMessages, int maxBytes)
{
    private readonly object _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _messages = new();
    private readonly Channel<bool> _available = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private long _bytes;

    /// <summary>Adds a message; gives how many old ones were dropped for it.</summary>
    public int Enqueue(ReadOnlyMemory<byte> message)
    {
        int dropped = 0;
        lock (_gate)
        {
            _messages.Enqueue(message);
            _bytes += message.Length;
            while (_messages.Count > maxMessages || (_bytes > maxBytes && _messages.Count > 1))
            {
                _bytes -= _messages.Dequeue().Length;
                dropped++;
            }
        }

        _available.Writer.TryWrite(true);
        return dropped;
    }

    /// <summary>Takes the oldest message, if there is one.</summary>
    public bool TryDequeue(out ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            if (!_messages.TryDequeue(out message))
            {
                return false;
            }

            _bytes -= message.Length;
            return true;
        }
    }

    /// <summary>Empties the queue; gives how many messages were in it.</summary>
    public int Clear()
    {
        lock (_gate)
        {
            int count = _messages.Count;
            _messages.Clear();
            _bytes = 0;
            return count;
        }
    }

    /// <summary>Ends when something was added since the last wait.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _available.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
}
