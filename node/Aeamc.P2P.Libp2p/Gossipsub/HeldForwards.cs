namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Messages about to be forwarded to peers that probably have them already: each waits a moment, and is saved when the peer
/// shows meanwhile that it has it. It holds each message until it is sent, or saved and next in order. Its length is that of a moment's
/// traffic, and has a bound.
/// </summary>
internal sealed class HeldForwards(int capacity)
{
    private readonly Queue<(TimeSpan Due, RouterPeer Peer, PubsubMessage Message)> _inOrder = new();
    private readonly HashSet<(RouterPeer Peer, PubsubMessage Message)> _waiting = [];

    /// <summary>When the next is due; null when none waits.</summary>
    public TimeSpan? NextDue => _inOrder.TryPeek(out (TimeSpan Due, RouterPeer, PubsubMessage) next) ? next.Due : null;

    /// <summary>Lets a message wait; false when too many do.</summary>
    public bool TryHold(RouterPeer peer, PubsubMessage message, TimeSpan due)
    {
        if (_inOrder.Count >= capacity || !_waiting.Add((peer, message)))
        {
            return false;
        }

        message.Retain();
        _inOrder.Enqueue((due, peer, message));
        return true;
    }

    /// <summary>The peer has it: false when no copy waited for it.</summary>
    public bool Save(RouterPeer peer, PubsubMessage message) => _waiting.Remove((peer, message));

    /// <summary>Takes out the next if it is due, and is still to be sent, or was saved: nobody is woken for it. The caller releases it.</summary>
    public bool TryTake(TimeSpan now, out RouterPeer peer, out PubsubMessage message, out bool send)
    {
        if (!_inOrder.TryPeek(out (TimeSpan Due, RouterPeer Peer, PubsubMessage Message) next)
            || (next.Due > now && _waiting.Contains((next.Peer, next.Message))))
        {
            (peer, message, send) = (null!, null!, false);
            return false;
        }

        _inOrder.Dequeue();
        (peer, message) = (next.Peer, next.Message);
        send = _waiting.Remove((peer, message));
        return true;
    }
}
