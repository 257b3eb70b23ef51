using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// The messages of the last heartbeats, for IHAVE and IWANT (gossipsub v1.0, Message Cache), with a bound in bytes. It holds
/// each message and releases it when it goes.
/// </summary>
internal sealed class MessageCache(int historyLength, int historyGossip, int maxBytes)
{
    private readonly Dictionary<MessageId, Entry> _entries = [];
    private readonly Queue<Entry> _inOrder = new();
    private readonly Stack<Entry> _spare = new();
    private int _window;
    private long _bytes;

    public int Count => _entries.Count;

    /// <summary>Adds a message to the current window.</summary>
    public void Put(PubsubMessage message, TimeSpan now)
    {
        if (!_spare.TryPop(out Entry? entry))
        {
            entry = new Entry();
        }

        if (!_entries.TryAdd(message.Id, entry))
        {
            _spare.Push(entry);
            return;
        }

        message.Retain();
        (entry.Message, entry.Window, entry.PutAt) = (message, _window, now);
        _inOrder.Enqueue(entry);
        _bytes += message.Frame.Length;
        while (_bytes > maxBytes)
        {
            RemoveOldest();
        }
    }

    /// <summary>Finds a message and when it was put here.</summary>
    public bool TryGet(in MessageId id, [NotNullWhen(true)] out PubsubMessage? message, out TimeSpan putAt)
    {
        bool found = _entries.TryGetValue(id, out Entry? entry);
        (message, putAt) = found ? (entry!.Message!, entry.PutAt) : (null, default);
        return found;
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
        message = entry.Message!;
        return true;
    }

    /// <summary>Hands over the messages to advertise, those of the latest windows, the oldest first.</summary>
    public void ForEachAdvertised(Action<PubsubMessage> take)
    {
        foreach (Entry entry in _inOrder)
        {
            if (entry.Window > _window - historyGossip)
            {
                take(entry.Message!);
            }
        }
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
        PubsubMessage message = entry.Message!;
        _entries.Remove(message.Id);
        _bytes -= message.Frame.Length;
        (entry.Message, entry.Requests) = (null, null);
        _spare.Push(entry);
        message.Release();
    }

    private sealed class Entry
    {
        public PubsubMessage? Message { get; set; }

        public int Window { get; set; }

        public TimeSpan PutAt { get; set; }

        /// <summary>How often each peer asked for it.</summary>
        public Dictionary<PeerId, int>? Requests { get; set; }
    }
}
