using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Messaging;

/// <summary>One-way messages on persistent streams.</summary>
internal sealed class MessageService
{
    // A peer needs one; a second arises when it changes its connection. More would each hold a message's bytes.
    private const int StreamsPerPeer = 4;

    private readonly ILibp2pHost _host;
    private readonly ConnectionTable _table;
    private readonly Libp2pLimits _limits;

    public MessageService(ILibp2pHost host, ConnectionTable table, Libp2pLimits limits)
    {
        _host = host;
        _table = table;
        _limits = limits;
    }

    /// <summary>Makes the stream handler that serves a protocol.</summary>
    public StreamHandler Register(int maxBytes, MessageHandler handler)
    {
        var quota = new PeerQuota(StreamsPerPeer);
        return async (stream, cancellationToken) =>
        {
            if (!quota.TryTake(stream.RemotePeer))
            {
                _host.Refusals.Count("message-streams-quota");
                stream.Reset();
                return;
            }

            try
            {
                while (await LengthPrefixed.ReadAsync(stream, maxBytes, cancellationToken).ConfigureAwait(false) is { } message)
                {
                    await handler(stream.RemotePeer, message, cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                quota.Return(stream.RemotePeer);
            }
        };
    }

    /// <summary>Queues a message for a connected peer.</summary>
    public bool TrySend(PeerId peer, string protocol, ReadOnlyMemory<byte> message)
    {
        if (_table.Find(peer) is not { } entry || entry.Gone.IsCancellationRequested)
        {
            return false;
        }

        MessageSender? sender;
        lock (entry.Senders)
        {
            if (!entry.Senders.TryGetValue(protocol, out sender))
            {
                sender = new MessageSender(_host, peer, protocol, _limits);
                entry.Senders.Add(protocol, sender);
                _ = sender.RunAsync(entry.Gone.Token);
            }
        }

        for (int dropped = sender.Send(message); dropped > 0; dropped--)
        {
            _host.Refusals.Count("message-queue-full");
        }

        return true;
    }
}
