using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

// Messages on their way through (gossipsub v1.0, Message Processing), and what saves copies of them (v1.2, IDONTWANT).
public sealed partial class GossipsubRouter
{
    // What a go peer reads of one IDONTWANT.
    private const int MaxAnnouncedTogether = 10;

    private readonly Queue<TopicState> _announcing = new();
    private Rpc? _idontwant;
    private TopicState? _idontwantTopic;
    private RouterPeer? _idontwantSource;

    private void Forward(TopicState topic, RouterPeer peer, PendingValidation pending)
    {
        PubsubMessage message = pending.Message;
        // Not back to who sent it or made it.
        if (peer == pending.Senders[0] || peer.Id == message.Author)
        {
            return;
        }

        // Nor to who sent it as well, or said IDONTWANT (v1.2).
        if (pending.Senders.Contains(peer) || !peer.Wants(message.Id))
        {
            peer.CountHad();
            return;
        }

        bool hold = peer.LikelyHasMessages && !topic.CountsDeliveries && _settings.ForwardHold > TimeSpan.Zero;
        peer.CountForward();
        // A quarter more or less: of two that hold for each other, one is the first.
        if (hold && _held.TryHold(peer, message, _now + (_settings.ForwardHold * (0.75 + (_random.NextDouble() / 2)))))
        {
            Count(RouterCounter.ForwardsHeld);
            return;
        }

        Count(RouterCounter.ForwardsSent);
        _outputs.Add(RouterOutput.SendMessage(peer.Id, message, SendPriority.Forward));
    }

    /// <summary>A peer shows that it has a message that we forward: a copy held or queued for it is saved.</summary>
    private void Save(RouterPeer peer, PubsubMessage message, TimeSpan acceptedAt)
    {
        if (_now - acceptedAt <= _settings.ForwardHold)
        {
            peer.CountHad();
        }

        if (_held.Save(peer, message))
        {
            Count(RouterCounter.ForwardsSaved);
        }
        else
        {
            _outputs.Add(RouterOutput.CancelMessage(peer.Id, message));
        }
    }

    private void SendHeld()
    {
        while (_held.TryTake(_now, out RouterPeer peer, out PubsubMessage message, out bool send))
        {
            // It may have gone, left the topic or been pruned meanwhile.
            if (send && _topics.TryGetValue(message.Topic, out TopicState? topic) && (topic.Mesh.Contains(peer) || (peer.Direct && topic.Members.Contains(peer))))
            {
                Count(RouterCounter.ForwardsSent);
                _outputs.Add(RouterOutput.SendMessage(peer.Id, message, SendPriority.Forward));
            }

            _lentMessages.Add(message);
        }
    }

    /// <summary>
    /// v1.2: at once and before validation, so that it overtakes the duplicates: to the mesh, and to who was asked for the
    /// message and was not the one that sent it.
    /// </summary>
    private void SendIDontWant(TopicState topic, PubsubMessage message, RouterPeer source, PeerId? asked)
    {
        if (message.DataLength < _settings.IDontWantThreshold)
        {
            Announce(topic, message.Id);
            return;
        }

        if (_idontwantTopic != topic)
        {
            FlushIDontWant();
            (_idontwant, _idontwantTopic, _idontwantSource) = (LendRpc(), topic, source);
        }

        _idontwant!.IDontWantIds.Add(message.Id);
        if (asked is { } id && _peers.TryGetValue(id, out RouterPeer? late) && late != source && late.SupportsIDontWant && !topic.Mesh.Contains(late))
        {
            Control(late).IDontWantIds.Add(message.Id);
        }
    }

    /// <summary>
    /// An IDONTWANT for each small message would cost as much as it saves (v1.2), so those of a moment go together, shorter than
    /// forwards are held, and only to peers that probably have the messages; earlier if something is sent to these peers anyway.
    /// </summary>
    private void Announce(TopicState topic, in MessageId id)
    {
        if (_settings.ForwardHold == TimeSpan.Zero || topic.CountsDeliveries || !topic.Mesh.Exists(static peer => peer.LikelyHasMessages))
        {
            return;
        }

        if (topic.Announced.Count == 0)
        {
            topic.AnnounceAt = _now + (_settings.ForwardHold / 2);
            _announcing.Enqueue(topic);
        }

        topic.Announced.Add(id);
        if (topic.Announced.Count == MaxAnnouncedTogether)
        {
            topic.AnnounceAt = _now;
        }
    }

    /// <summary>What is announced of a topic goes out with the message that is just being published to it: in one packet.</summary>
    private void AnnounceWith(TopicState topic)
    {
        if (topic.Announced.Count > 0)
        {
            topic.AnnounceAt = _now;
            SendAnnounced();
        }
    }

    private void SendAnnounced()
    {
        for (int waiting = _announcing.Count; waiting > 0; waiting--)
        {
            TopicState topic = _announcing.Dequeue();
            if (topic.AnnounceAt > _now)
            {
                _announcing.Enqueue(topic);
                continue;
            }

            Rpc rpc = LendRpc();
            rpc.IDontWantIds.AddRange(topic.Announced);
            topic.Announced.Clear();
            foreach (RouterPeer peer in topic.Mesh)
            {
                if (peer.LikelyHasMessages && peer.SupportsIDontWant)
                {
                    _outputs.Add(RouterOutput.SendRpc(peer.Id, rpc, SendPriority.Control));
                }
            }
        }
    }

    /// <summary>One RPC for the whole mesh, encoded once.</summary>
    private void FlushIDontWant()
    {
        if (_idontwantTopic is null)
        {
            return;
        }

        foreach (RouterPeer peer in _idontwantTopic.Mesh)
        {
            if (peer != _idontwantSource && peer.SupportsIDontWant)
            {
                _outputs.Add(RouterOutput.SendRpc(peer.Id, _idontwant!, SendPriority.Control));
            }
        }

        (_idontwant, _idontwantTopic, _idontwantSource) = (null, null, null);
    }
}
