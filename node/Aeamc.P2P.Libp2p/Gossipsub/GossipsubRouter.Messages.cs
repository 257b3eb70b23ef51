using System.Runtime.InteropServices;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Gossipsub;

// Messages received and judged (gossipsub v1.0, Message Processing; v1.1, Extended Validators).
public sealed partial class GossipsubRouter
{
    private const int MaxPendingValidations = 16_384;

    private readonly Dictionary<MessageId, PendingValidation> _pending = [];
    private readonly Dictionary<MessageId, PendingValidation> _nearFirst = [];
    private readonly Stack<PendingValidation> _sparePending = new();

    private void OnRpc(PeerId id, Rpc rpc)
    {
        if (!_peers.TryGetValue(id, out RouterPeer? peer))
        {
            return;
        }

        // v1.1, Score Thresholds: a graylisted peer is not listened to. Explicit Peering: direct peers always are.
        if (!peer.Direct && _scores.Value(peer.Score) < _settings.Score.GraylistThreshold)
        {
            Count(RouterCounter.RpcsGraylisted);
            return;
        }

        Count(RouterCounter.RpcEntriesSkipped, rpc.Skipped);
        OnExtensions(peer, rpc);
        OnSubscriptions(peer, rpc.Subscriptions);
        foreach (ref readonly RpcMessage message in CollectionsMarshal.AsSpan(rpc.Messages))
        {
            OnMessage(peer, message);
        }

        OnIHave(peer, rpc);
        OnIWant(peer, rpc.IWantIds);
        OnGrafts(peer, rpc.Grafts);
        OnPrunes(peer, rpc.Prunes);
        OnIDontWant(peer, rpc.IDontWantIds);
    }

    private void OnMessage(RouterPeer peer, in RpcMessage message)
    {
        // Unsubscribed moments ago, perhaps: no blame.
        if (!_topics.TryGetValue(message.Topic, out TopicState? topic) || !topic.Joined)
        {
            Count(RouterCounter.MessagesUnknownTopic);
            return;
        }

        if (message.Fault != MessageFault.None)
        {
            Count(RouterCounter.MessagesFaulty);
            _faults[(int)message.Fault]++;
            _scores.InvalidDelivery(peer.Score, topic.Name);
            return;
        }

        if (_seen.TryGet(message.Id, out SeenState state))
        {
            OnDuplicate(peer, topic, message.Id, state);
            return;
        }

        _promises.Fulfil(message.Id);
        PeerId? asked = _requests.Fulfil(message.Id);
        if (_pending.Count >= MaxPendingValidations)
        {
            Count(RouterCounter.MessagesOverload);
            return;
        }

        var owned = PubsubMessage.Copy(Frames, message);
        if (owned.Author == _self)
        {
            // Ours from before a restart, or a forgery of ours: neither is news.
            Count(RouterCounter.MessagesOwn);
            owned.Release();
            return;
        }

        if (!_sparePending.TryPop(out PendingValidation? pending))
        {
            pending = new PendingValidation();
        }

        pending.Begin(owned, peer);
        _seen.Set(owned.Id, SeenState.Pending);
        _pending.Add(owned.Id, pending);
        SendIDontWant(topic, owned, peer, asked);
        _outputs.Add(RouterOutput.Validate(peer.Id, owned));
    }

    private void Recycle(PendingValidation pending)
    {
        pending.Clear();
        _sparePending.Push(pending);
    }

    private void OnDuplicate(RouterPeer peer, TopicState topic, in MessageId id, SeenState state)
    {
        Count(RouterCounter.MessagesDuplicate);
        if (_pending.TryGetValue(id, out PendingValidation? pending))
        {
            if (!pending.Senders.Contains(peer))
            {
                pending.Senders.Add(peer);
            }
        }
        else if (state == SeenState.Rejected)
        {
            _scores.InvalidDelivery(peer.Score, topic.Name);
        }
        else if (_nearFirst.TryGetValue(id, out PendingValidation? accepted) && _now <= accepted.NearFirstUntil && !accepted.Senders.Contains(peer))
        {
            accepted.Senders.Add(peer);
            _scores.MeshDelivery(peer.Score, topic.Name);
        }

        if (peer.Wants(id) && _cache.TryGet(id, out PubsubMessage? message, out TimeSpan putAt))
        {
            Save(peer, message, putAt);
        }
    }

    private void OnValidated(MessageId id, MessageValidity validity)
    {
        if (!_pending.Remove(id, out PendingValidation? pending))
        {
            return;
        }

        switch (validity)
        {
            case MessageValidity.Accept:
                Accept(pending);
                break;
            case MessageValidity.Ignore:
                Count(RouterCounter.MessagesIgnored);
                _seen.Set(id, SeenState.Ignored);
                break;
            case MessageValidity.Reject:
                Count(RouterCounter.MessagesRejected);
                _seen.Set(id, SeenState.Rejected);
                foreach (RouterPeer sender in pending.Senders)
                {
                    _scores.InvalidDelivery(sender.Score, pending.Message.Topic);
                }

                break;
            default:
                throw Invariant.Fail($"unknown validity {validity}");
        }

        // The outputs of this step still name it.
        _lentMessages.Add(pending.Message);
        if (!_nearFirst.TryGetValue(id, out PendingValidation? kept) || kept != pending)
        {
            Recycle(pending);
        }
        else
        {
            pending.DropMessage();
        }
    }

    private void Accept(PendingValidation pending)
    {
        PubsubMessage message = pending.Message;
        Count(RouterCounter.MessagesAccepted);
        _seen.Set(message.Id, SeenState.Accepted);
        _scores.FirstDelivery(pending.Senders[0].Score, message.Topic);
        foreach (RouterPeer sender in CollectionsMarshal.AsSpan(pending.Senders)[1..])
        {
            // P3: delivered while it was being validated.
            _scores.MeshDelivery(sender.Score, message.Topic);
        }

        if (_scores.MeshDeliveryWindow(message.Topic) is { } window)
        {
            pending.NearFirstUntil = _now + window;
            _nearFirst.TryAdd(message.Id, pending);
        }

        if (!_topics.TryGetValue(message.Topic, out TopicState? topic) || !topic.Joined)
        {
            return;
        }

        _cache.Put(message, _now);
        foreach (RouterPeer peer in topic.Mesh)
        {
            Forward(topic, peer, pending);
        }

        foreach (RouterPeer peer in _directPeers)
        {
            if (peer.Topics.Contains(message.Topic))
            {
                Forward(topic, peer, pending);
            }
        }

        _outputs.Add(RouterOutput.Deliver(message));
    }
}
