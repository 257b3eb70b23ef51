namespace Aeamc.P2P.Libp2p.Gossipsub;

// Messages of our own (gossipsub v1.0, Message Processing; v1.1, Flood Publishing).
public sealed partial class GossipsubRouter
{
    private void OnPublish(PubsubMessage message)
    {
        if (_seen.Contains(message.Id))
        {
            return;
        }

        _seen.Set(message.Id, SeenState.Accepted);
        _cache.Put(message, _now);
        TopicState topic = Topic(message.Topic);
        AnnounceWith(topic);
        foreach (RouterPeer peer in _directPeers)
        {
            if (peer.Topics.Contains(message.Topic))
            {
                Send(peer, message);
            }
        }

        if (_settings.FloodPublish)
        {
            Flood(topic, message);
        }
        else
        {
            foreach (RouterPeer peer in topic.Joined ? topic.Mesh : OpenFanout(topic))
            {
                Send(peer, message);
            }
        }

        ForgetIfIdle(topic);
    }

    /// <summary>v1.1, Flood Publishing: to everyone in the topic above the threshold, the mesh first if they are too many.</summary>
    private void Flood(TopicState topic, PubsubMessage message)
    {
        List<RouterPeer> members = topic.Members;
        if (members.Count <= _settings.MaxFloodPeers)
        {
            foreach (RouterPeer peer in members)
            {
                SendFlooding(peer, message);
            }

            return;
        }

        foreach (RouterPeer peer in topic.Mesh)
        {
            SendFlooding(peer, message);
        }

        // Members in no particular order: the drawn ones go to the front.
        for (int drawn = 0, left = _settings.MaxFloodPeers - topic.Mesh.Count; left > 0 && drawn < members.Count; drawn++)
        {
            int place = _random.Next(drawn, members.Count);
            (members[drawn], members[place]) = (members[place], members[drawn]);
            if (!topic.Mesh.Contains(members[drawn]) && SendFlooding(members[drawn], message))
            {
                left--;
            }
        }
    }

    private bool SendFlooding(RouterPeer peer, PubsubMessage message) =>
        !peer.Direct && _scores.Value(peer.Score) >= _settings.Score.PublishThreshold && Send(peer, message);

    private bool Send(RouterPeer peer, PubsubMessage message)
    {
        bool wants = peer.Wants(message.Id);
        if (wants)
        {
            _outputs.Add(RouterOutput.SendMessage(peer.Id, message, SendPriority.Control));
        }

        return wants;
    }

    /// <summary>v1.0, Fanout: up to D peers of a topic we have not joined.</summary>
    private List<RouterPeer> OpenFanout(TopicState topic)
    {
        topic.LastFanoutPublish = _now;
        FillFanout(topic);
        return topic.Fanout;
    }

    private void FillFanout(TopicState topic) =>
        topic.Fanout.AddRange(PickMembers(topic, _settings.Degree - topic.Fanout.Count, peer =>
            !peer.Direct && !topic.Fanout.Contains(peer) && _scores.Value(peer.Score) >= _settings.Score.PublishThreshold));
}
