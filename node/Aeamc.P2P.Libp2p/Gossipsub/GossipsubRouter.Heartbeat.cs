using System.Runtime.InteropServices;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

// The heartbeat (gossipsub v1.0, Heartbeat; v1.1, Heartbeat Maintenance, Opportunistic Grafting, Adaptive Gossip Dissemination).
public sealed partial class GossipsubRouter
{
    // Backoffs end by the minute: once in a while is often enough to forget them.
    private const int BackoffPurgeTicks = 15;

    private void OnHeartbeat()
    {
        _tick++;
        foreach (PeerId breaker in _promises.TakeBroken(_now))
        {
            // v1.1: who advertised and did not send is penalised (P7).
            Count(RouterCounter.PromisesBroken);
            _scores.Penalise(breaker, 1);
        }

        _scores.Decay(_now);
        foreach (RouterPeer peer in _peers.Values)
        {
            peer.OnHeartbeat(_tick);
        }

        _requests.Retry(_now, AskAgain);
        if (_tick % _settings.DirectConnectTicks == 1)
        {
            ConnectDirectPeers();
        }

        _cache.ForEachAdvertised(message => _topics.GetValueOrDefault(message.Topic)?.Advertised.Add(message.Id));
        foreach (TopicState topic in _topics.Values.ToArray())
        {
            if (topic.Joined)
            {
                MaintainMesh(topic);
            }
            else
            {
                MaintainFanout(topic);
            }

            if (topic.Advertised.Count > 0 && (topic.Joined || topic.Fanout.Count > 0))
            {
                EmitGossip(topic);
            }

            topic.Advertised.Clear();

            if (_tick % BackoffPurgeTicks == 0)
            {
                topic.Backoffs.Purge(_now - _settings.BackoffSlack);
                ForgetIfIdle(topic);
            }
        }

        _cache.Shift();
        _seen.Expire(_now);
        ForgetNearFirst();
        Frames.Trim();
    }

    private void MaintainMesh(TopicState topic)
    {
        // Peers with a negative score are pruned, and no peers are named to them.
        foreach (RouterPeer peer in topic.Mesh.ToArray())
        {
            if (_scores.Value(peer.Score) < 0)
            {
                RemoveFromMesh(topic, peer);
                SendPrune(topic, peer, _settings.PruneBackoff, exchange: false);
            }
        }

        // v1.0, Mesh Maintenance: too few.
        if (topic.Mesh.Count < _settings.LowestDegree)
        {
            GraftAll(topic, PickForMesh(topic, _settings.Degree - topic.Mesh.Count));
        }

        // Too many.
        if (topic.Mesh.Count > _settings.HighestDegree)
        {
            PruneSurplus(topic);
        }

        // v1.1, Outbound Mesh Quotas: enough, but too few that we dialled.
        if (topic.Mesh.Count >= _settings.LowestDegree)
        {
            int outbound = topic.Mesh.Count(static peer => peer.Outbound);
            GraftAll(topic, PickForMesh(topic, _settings.OutboundDegree - outbound, static peer => peer.Outbound));
        }

        if (_tick % _settings.OpportunisticGraftTicks == 0 && topic.Mesh.Count > 1)
        {
            GraftOpportunistically(topic);
        }
    }

    /// <summary>v1.1: the best D_score stay, the rest of D at random, with at least D_out outbound ones among them.</summary>
    private void PruneSurplus(TopicState topic)
    {
        List<RouterPeer> order = [.. topic.Mesh];
        Shuffle(order);
        order = [.. order.OrderByDescending(peer => _scores.Value(peer.Score))];
        _random.Shuffle(CollectionsMarshal.AsSpan(order)[_settings.ScoreDegree..]);

        // Outbound peers from beyond D move up, in place of the last inbound ones within D.
        int missing = _settings.OutboundDegree - order.Take(_settings.Degree).Count(static peer => peer.Outbound);
        int next = _settings.Degree;
        for (int place = _settings.Degree - 1; place >= 0 && missing > 0; place--)
        {
            if (order[place].Outbound)
            {
                continue;
            }

            int found = order.FindIndex(next, static peer => peer.Outbound);
            if (found < 0)
            {
                break;
            }

            (order[place], order[found]) = (order[found], order[place]);
            next = found + 1;
            missing--;
        }

        foreach (RouterPeer peer in order.Skip(_settings.Degree))
        {
            RemoveFromMesh(topic, peer);
            SendPrune(topic, peer, _settings.PruneBackoff, exchange: true);
        }
    }

    /// <summary>v1.1, Opportunistic Grafting: when the median is poor, peers above it come in.</summary>
    private void GraftOpportunistically(TopicState topic)
    {
        double[] scores = [.. topic.Mesh.Select(peer => _scores.Value(peer.Score)).Order()];
        double median = scores[scores.Length / 2];
        if (median < _settings.Score.OpportunisticGraftThreshold)
        {
            GraftAll(topic, PickForMesh(topic, _settings.OpportunisticGraftPeers, peer => _scores.Value(peer.Score) > median));
        }
    }

    private void GraftAll(TopicState topic, List<RouterPeer> peers)
    {
        foreach (RouterPeer peer in peers)
        {
            Graft(topic, peer);
        }
    }

    /// <summary>v1.0, Fanout Maintenance.</summary>
    private void MaintainFanout(TopicState topic)
    {
        if (topic.Fanout.Count == 0)
        {
            return;
        }

        if (_now - topic.LastFanoutPublish > _settings.FanoutTtl)
        {
            topic.Fanout.Clear();
            return;
        }

        topic.Fanout.RemoveAll(peer => _scores.Value(peer.Score) < _settings.Score.PublishThreshold);
        FillFanout(topic);
    }

    /// <summary>v1.1, Adaptive Gossip Dissemination: IHAVE to a share of those outside the mesh, at least D_lazy.</summary>
    private void EmitGossip(TopicState topic)
    {
        List<RouterPeer> inside = topic.Joined ? topic.Mesh : topic.Fanout;
        List<RouterPeer> peers = PickMembers(topic, topic.Members.Count, peer =>
            !peer.Direct && !inside.Contains(peer) && _scores.Value(peer.Score) >= _settings.Score.GossipThreshold);
        int count = Math.Min(peers.Count, Math.Max(_settings.LazyDegree, (int)(_settings.GossipFactor * peers.Count)));
        List<MessageId> ids = topic.Advertised;
        Rpc? rpc = null;
        foreach (RouterPeer peer in CollectionsMarshal.AsSpan(peers)[..count])
        {
            // One RPC for all, encoded once. When there are too many ids, each peer gets another selection: together they know more.
            if (rpc is null || ids.Count > _settings.MaxIHaveLength)
            {
                Shuffle(ids);
                rpc = LendRpc();
                rpc.AddIHave(topic.Name, CollectionsMarshal.AsSpan(ids)[..Math.Min(ids.Count, _settings.MaxIHaveLength)]);
            }

            _outputs.Add(RouterOutput.SendRpc(peer.Id, rpc, SendPriority.Gossip));
        }
    }

    private void ConnectDirectPeers()
    {
        foreach (PeerId peer in _settings.DirectPeers.Keys.Order())
        {
            if (!_peers.ContainsKey(peer))
            {
                _outputs.Add(RouterOutput.ConnectDirect(peer));
            }
        }
    }

    private void ForgetNearFirst()
    {
        foreach ((MessageId id, PendingValidation accepted) in _nearFirst)
        {
            if (accepted.NearFirstUntil < _now)
            {
                _nearFirst.Remove(id);
                Recycle(accepted);
            }
        }
    }
}
