using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

// Who is there and who listens to what (gossipsub v1.0, Topic Membership).
public sealed partial class GossipsubRouter
{
    private void OnPeerConnected(RouterInput.PeerConnected connected)
    {
        if (_peers.ContainsKey(connected.Peer))
        {
            return;
        }

        bool direct = _settings.DirectPeers.ContainsKey(connected.Peer);
        var peer = new RouterPeer(connected, direct, _scores.Connect(connected.Peer, connected.Address), _settings.MaxIDontWantRemembered);
        _peers.Add(peer.Id, peer);
        if (direct)
        {
            _directPeers.Add(peer);
        }

        SendHello(peer);
    }

    /// <summary>Every peer learns all our subscriptions first, and our extensions with them (v1.3: in the first RPC, and only there).</summary>
    private void SendHello(RouterPeer peer)
    {
        if (peer.Version >= GossipsubVersion.V13 && _extensions is not null)
        {
            Control(peer).Extensions = _extensions;
        }

        foreach (TopicState topic in _topics.Values)
        {
            if (topic.Joined)
            {
                Control(peer).Subscriptions.Add(new SubscriptionChange(topic.Name, Subscribe: true));
            }
        }
    }

    private void OnPeerReopened(RouterInput.PeerReopened reopened)
    {
        if (!_peers.TryGetValue(reopened.Peer, out RouterPeer? peer))
        {
            return;
        }

        if (reopened.Inbound)
        {
            LeaveTopics(peer);
            peer.Greeted = false;
            ForgetExtensions(peer);
        }

        SendHello(peer);
    }

    private void LeaveTopics(RouterPeer peer)
    {
        foreach (string name in peer.Topics)
        {
            RemoveMember(Topic(name), peer);
        }

        peer.Topics.Clear();
    }

    private void OnPeerDisconnected(PeerId id)
    {
        if (!_peers.Remove(id, out RouterPeer? peer))
        {
            return;
        }

        LeaveTopics(peer);
        ForgetExtensions(peer);
        _directPeers.Remove(peer);
        _scores.Disconnect(id, _now);
    }

    private void OnPeerRecordKnown(RouterInput.PeerRecordKnown known)
    {
        if (_peers.TryGetValue(known.Peer, out RouterPeer? peer))
        {
            peer.SignedPeerRecord = known.SignedPeerRecord;
        }
    }

    private void OnSubscriptions(RouterPeer peer, List<SubscriptionChange> changes)
    {
        bool overLimit = false;
        foreach (SubscriptionChange change in changes)
        {
            if (!change.Subscribe)
            {
                if (peer.Topics.Remove(change.Topic))
                {
                    RemoveMember(Topic(change.Topic), peer);
                }
            }
            else if (peer.Topics.Count >= _settings.MaxSubscriptionsPerPeer && !peer.Topics.Contains(change.Topic))
            {
                overLimit = true;
                Count(RouterCounter.SubscriptionsOverLimit);
            }
            else if (peer.Topics.Add(change.Topic))
            {
                Topic(change.Topic).Members.Add(peer);
            }
        }

        if (overLimit)
        {
            ScoreKeeper.Penalise(peer.Score, 1);
        }
    }

    private void RemoveMember(TopicState topic, RouterPeer peer)
    {
        topic.Members.Remove(peer);
        topic.Fanout.Remove(peer);
        RemoveFromMesh(topic, peer);
        ForgetIfIdle(topic);
    }

    /// <summary>v1.0, JOIN(topic): the mesh is filled from the fanout, then from the members.</summary>
    private void OnSubscribe(string name)
    {
        TopicState topic = Topic(name);
        if (topic.Joined)
        {
            return;
        }

        topic.Joined = true;
        List<RouterPeer> chosen = PickForMesh(topic, _settings.Degree, topic.Fanout.Contains);
        chosen.AddRange(PickForMesh(topic, _settings.Degree - chosen.Count, peer => !chosen.Contains(peer)));
        topic.Fanout.Clear();
        foreach (RouterPeer peer in _peers.Values)
        {
            Control(peer).Subscriptions.Add(new SubscriptionChange(name, Subscribe: true));
        }

        foreach (RouterPeer peer in chosen)
        {
            Graft(topic, peer);
        }
    }

    /// <summary>v1.0, LEAVE(topic), with the shorter backoff of v1.1.</summary>
    private void OnUnsubscribe(string name)
    {
        if (!_topics.TryGetValue(name, out TopicState? topic) || !topic.Joined)
        {
            return;
        }

        foreach (RouterPeer peer in topic.Mesh.ToArray())
        {
            RemoveFromMesh(topic, peer);
            SendPrune(topic, peer, _settings.UnsubscribeBackoff, exchange: false);
        }

        topic.Joined = false;
        foreach (RouterPeer peer in _peers.Values)
        {
            Control(peer).Subscriptions.Add(new SubscriptionChange(name, Subscribe: false));
        }

        ForgetIfIdle(topic);
    }

    private void ForgetIfIdle(TopicState topic)
    {
        if (topic.IsIdle)
        {
            _topics.Remove(topic.Name);
        }
    }

    private void AddToMesh(TopicState topic, RouterPeer peer)
    {
        topic.Mesh.Add(peer);
        _scores.Graft(peer.Score, topic.Name, _now);
    }

    private bool RemoveFromMesh(TopicState topic, RouterPeer peer)
    {
        bool was = topic.Mesh.Remove(peer);
        if (was)
        {
            _scores.Prune(peer.Score, topic.Name);
        }

        return was;
    }

    private void Graft(TopicState topic, RouterPeer peer)
    {
        AddToMesh(topic, peer);
        Control(peer).Grafts.Add(topic.Name);
        Count(RouterCounter.Grafts);
    }

    /// <summary>Tells a peer that it is not in our mesh, and starts the backoff on our side.</summary>
    private void SendPrune(TopicState topic, RouterPeer peer, TimeSpan backoff, bool exchange)
    {
        topic.Backoffs.Extend(peer.Id, _now + backoff);
        // v1.1: no peers are named to who scores below 0, and only those that do not are named.
        List<RouterPeer> others = exchange && _settings.PeerExchange && _scores.Value(peer.Score) >= 0
            ? PickMembers(topic, _settings.PeerExchangeCount, other => other != peer && _scores.Value(other.Score) >= 0)
            : [];
        Control(peer).Prunes.Add(new PruneNotice(
            topic.Name, backoff, [.. others.Select(static other => new PeerExchangeInfo(other.Id, other.SignedPeerRecord))]));
        Count(RouterCounter.Prunes);
    }
}
