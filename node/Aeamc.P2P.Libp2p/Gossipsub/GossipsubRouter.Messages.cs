using System.Runtime.InteropServices;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Gossipsub;

// Messages in and out (gossipsub v1.0, Message Processing; v1.1, Flood Publishing and Extended Validators; v1.2).
public sealed partial class GossipsubRouter
{
    private const int MaxPendingValidations = 16_384;

    private readonly Dictionary<MessageId, PendingValidation> _pending = [];
    private readonly Dictionary<MessageId, NearFirst> _nearFirst = [];

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
        if (_pending.Count >= MaxPendingValidations)
        {
            Count(RouterCounter.MessagesOverload);
            return;
        }

        var owned = PubsubMessage.Copy(message);
        if (owned.Author == _self)
        {
            // Ours from before a restart, or a forgery of ours: neither is news.
            Count(RouterCounter.MessagesOwn);
            return;
        }

        _seen.Set(owned.Id, SeenState.Pending);
        _pending.Add(owned.Id, new PendingValidation(owned, peer));
        SendIDontWant(topic, owned, peer);
        _outputs.Add(new RouterOutput.Validate(peer.Id, owned));
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
        else if (_nearFirst.TryGetValue(id, out NearFirst nearFirst) && _now <= nearFirst.Until && !nearFirst.Credited.Contains(peer))
        {
            nearFirst.Credited.Add(peer);
            _scores.MeshDelivery(peer.Score, topic.Name);
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
            _nearFirst[message.Id] = new NearFirst(_now + window, pending.Senders);
        }

        if (!_topics.TryGetValue(message.Topic, out TopicState? topic) || !topic.Joined)
        {
            return;
        }

        _cache.Put(message);
        foreach (RouterPeer peer in topic.Mesh)
        {
            Forward(peer, pending);
        }

        foreach (RouterPeer peer in _directPeers)
        {
            if (peer.Topics.Contains(message.Topic))
            {
                Forward(peer, pending);
            }
        }

        _outputs.Add(new RouterOutput.Deliver(message));
    }

    private void Forward(RouterPeer peer, PendingValidation pending)
    {
        // Not back to who sent it or made it, nor to who said IDONTWANT (v1.2).
        if (!pending.Senders.Contains(peer) && peer.Id != pending.Message.Author && peer.Wants(pending.Message.Id))
        {
            _outputs.Add(new RouterOutput.SendMessage(peer.Id, pending.Message, SendPriority.Forward));
        }
    }

    private void OnPublish(PubsubMessage message)
    {
        if (_seen.Contains(message.Id))
        {
            return;
        }

        _seen.Set(message.Id, SeenState.Accepted);
        _cache.Put(message);
        TopicState topic = Topic(message.Topic);
        if (_settings.FloodPublish)
        {
            // v1.1, Flood Publishing: to everyone in the topic above the threshold.
            foreach (RouterPeer peer in topic.Members)
            {
                if (peer.Direct || _scores.Value(peer.Score) >= _settings.Score.PublishThreshold)
                {
                    Send(peer, message);
                }
            }
        }
        else
        {
            foreach (RouterPeer peer in _directPeers)
            {
                if (peer.Topics.Contains(message.Topic))
                {
                    Send(peer, message);
                }
            }

            foreach (RouterPeer peer in topic.Joined ? topic.Mesh : FillFanout(topic))
            {
                Send(peer, message);
            }
        }

        ForgetIfIdle(topic);
    }

    private void Send(RouterPeer peer, PubsubMessage message)
    {
        if (peer.Wants(message.Id))
        {
            _outputs.Add(new RouterOutput.SendMessage(peer.Id, message, SendPriority.Control));
        }
    }

    /// <summary>v1.0, Fanout: up to D peers of a topic we have not joined.</summary>
    private List<RouterPeer> FillFanout(TopicState topic)
    {
        topic.LastFanoutPublish = _now;
        topic.Fanout.AddRange(PickMembers(topic, _settings.Degree - topic.Fanout.Count, peer =>
            !peer.Direct && !topic.Fanout.Contains(peer) && _scores.Value(peer.Score) >= _settings.Score.PublishThreshold));
        return topic.Fanout;
    }

    /// <summary>v1.2: at once and before validation, so that it overtakes the duplicates.</summary>
    private void SendIDontWant(TopicState topic, PubsubMessage message, RouterPeer source)
    {
        if (message.Data.Length < _settings.IDontWantThreshold)
        {
            return;
        }

        foreach (RouterPeer peer in topic.Mesh)
        {
            if (peer != source && peer.SupportsIDontWant)
            {
                Control(peer).IDontWantIds.Add(message.Id);
            }
        }
    }
}
