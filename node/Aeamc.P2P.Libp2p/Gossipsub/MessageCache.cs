using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>The messages of the last heartbeats, for IHAVE and IWANT (gossipsub v1.0, Message Cache), with a bound in bytes.</summary>
internal sealed class MessageCache(int historyLength, int historyGossip, int maxBytes)
{
    private readonly Dictionary<MessageId, Entry> _entries = [];
    private readonly Queue<Entry> _inOrder = new();
    private int _window;
    private long _bytes;

    public int Count => _entries.Count;

    /// <summary>Adds a message to the current window.</summary>
    public void Put(PubsubMessage message)
    {
        var entry = new Entry(message, _window);
        if (!_entries.TryAdd(message.Id, entry))
        {
            return;
        }

        _inOrder.Enqueue(entry);
        _bytes += message.Frame.Length;
        while (_bytes > maxBytes)
        {
            RemoveOldest();
        }
    }

    /// <summary>Finds a message that a peer asks for, and counts the request.</summary>
    public bool TryGetFor(PeerId peer, in MessageId id, [NotNullWhen(true)] out PubsubMessage? message, out int requests)
    {
        message = null;
        requests = 0;
        if (!_entries.TryGetValue(id, out Entry? entry))
        {
            return false;
        }

        entry.Requests ??= [];
        requests = entry.Requests.GetValueOrDefault(peer) + 1;
        entry.Requests[peer] = requests;
        message = entry.Message;
        return true;
    }

    /// <summary>The ids to advertise, by topic: those of the latest windows.</summary>
    public Dictionary<string, List<MessageId>> GossipIds()
    {
        var ids = new Dictionary<string, List<MessageId>>(StringComparer.Ordinal);
        foreach (Entry entry in _inOrder)
        {
            if (entry.Window > _window - historyGossip)
            {
                if (!ids.TryGetValue(entry.Message.Topic, out List<MessageId>? ofTopic))
                {
                    ids.Add(entry.Message.Topic, ofTopic = []);
                }

                ofTopic.Add(entry.Message.Id);
            }
        }

        return ids;
    }

    /// <summary>Opens the next window and lets the oldest go.</summary>
    public void Shift()
    {
        _window++;
        while (_inOrder.TryPeek(out Entry? oldest) && oldest.Window <= _window - historyLength)
        {
            RemoveOldest();
        }
    }

    private void RemoveOldest()
    {
        Entry entry = _inOrder.Dequeue();
        _entries.Remove(entry.Message.Id);
        _bytes -= entry.Message.Frame.Length;
    }

    private sealed class Entry(PubsubMessage message, int window)
    {
        public PubsubMessage Message { get; } = message;

        public int Window { get; } = window;

        /// <summary>How often each peer asked for it.</summary>
        public Dictionary<PeerId, int>? Requests { get; set; }
    }
}
