using System.Runtime.InteropServices;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

// Control messages received (gossipsub v1.0, Control Messages; v1.1, Spam Protection Measures; v1.2).
public sealed partial class GossipsubRouter
{
    // PRUNEs with peers heeded from one peer per heartbeat.
    private const int MaxExchanges = 4;

    private readonly List<MessageId> _wanted = [];

    private void OnIHave(RouterPeer peer, Rpc rpc)
    {
        if (rpc.IHaves.Count == 0)
        {
            return;
        }

        if (_scores.Value(peer.Score) < _settings.Score.GossipThreshold)
        {
            Count(RouterCounter.IHavesLowScore);
            return;
        }

        _wanted.Clear();
        foreach (IHaveRange have in rpc.IHaves)
        {
            // v1.1: a cap on the IHAVE messages of a peer, and one on the ids asked of it, per heartbeat.
            if (++peer.IHaves > _settings.MaxIHaveMessages || peer.IdsAsked >= _settings.MaxIHaveLength)
            {
                Count(RouterCounter.IHavesOverLimit);
                continue;
            }

            if (!_topics.TryGetValue(have.Topic, out TopicState? topic) || !topic.Joined)
            {
                continue;
            }

            foreach (ref readonly MessageId id in CollectionsMarshal.AsSpan(rpc.IHaveIds).Slice(have.Start, have.Count))
            {
                if (peer.IdsAsked + _wanted.Count >= _settings.MaxIHaveLength)
                {
                    break;
                }

                if (_seen.Contains(id))
                {
                    continue;
                }

                if (_requests.Ask(id, peer.Id, _now))
                {
                    _wanted.Add(id);
                }
                else
                {
                    Count(RouterCounter.IWantsDeferred);
                }
            }
        }

        if (_wanted.Count == 0)
        {
            return;
        }

        peer.IdsAsked += _wanted.Count;
        Control(peer).IWantIds.AddRange(_wanted);
        // v1.1: one random id of those asked stands for all.
        _promises.Add(peer.Id, _wanted[_random.Next(_wanted.Count)], _now + _settings.IWantFollowUp);
    }

    /// <summary>
    /// Asks the next advertiser for what the first did not send. It promised nothing: by now the message may have left its cache.
    /// </summary>
    private void AskAgain(PeerId id, MessageId wanted)
    {
        if (_peers.TryGetValue(id, out RouterPeer? peer) && peer.IdsAsked < _settings.MaxIHaveLength && _scores.Value(peer.Score) >= _settings.Score.GossipThreshold)
        {
            peer.IdsAsked++;
            Control(peer).IWantIds.Add(wanted);
            Count(RouterCounter.IWantsRepeated);
        }
    }

    private void OnIWant(RouterPeer peer, List<MessageId> ids)
    {
        int allowed = Math.Clamp(_settings.MaxIWantLength - peer.IdsServed, 0, ids.Count);
        peer.IdsServed += ids.Count;
        if (ids.Count > allowed)
        {
            // No honest peer was told of so many ids (P7: misbehaviour), whatever its score is already.
            Count(RouterCounter.IWantsOverLimit);
            ScoreKeeper.Penalise(peer.Score, 1);
        }

        if (_scores.Value(peer.Score) < _settings.Score.GossipThreshold)
        {
            return;
        }

        foreach (ref readonly MessageId id in CollectionsMarshal.AsSpan(ids)[..allowed])
        {
            // v1.2, Cancelling IWANT: it may have said meanwhile that it has it.
            if (!peer.Wants(id) || !_cache.TryGetFor(peer.Id, id, out PubsubMessage? message, out int requests))
            {
                continue;
            }

            if (requests > _settings.GossipRetransmission)
            {
                Count(RouterCounter.IWantsOverLimit);
                continue;
            }

            _outputs.Add(RouterOutput.SendMessage(peer.Id, message, SendPriority.Forward));
        }
    }

    private void OnGrafts(RouterPeer peer, List<string> names)
    {
        foreach (string name in names)
        {
            // v1.1: a GRAFT for a topic unknown to us, or not known to be the peer's, is not answered.
            if (!_topics.TryGetValue(name, out TopicState? topic) || !topic.Joined || !peer.Topics.Contains(name))
            {
                Count(RouterCounter.GraftsUnknownTopic);
            }
            else if (!topic.Mesh.Contains(peer))
            {
                OnGraft(topic, peer);
            }
        }
    }

    private void OnGraft(TopicState topic, RouterPeer peer)
    {
        if (peer.Direct)
        {
            // v1.1, Explicit Peering Agreements: it is an error.
            Count(RouterCounter.GraftsFromDirectPeer);
            SendPrune(topic, peer, _settings.PruneBackoff, exchange: false);
        }
        else if (topic.Backoffs.TryGet(peer.Id, out TimeSpan until) && _now < until)
        {
            // v1.1, PRUNE Backoff: pruned at once, penalised (P7), the backoff extended; twice when it came right after the PRUNE.
            Count(RouterCounter.GraftsInBackoff);
            bool flood = _now < until - _settings.PruneBackoff + _settings.GraftFloodThreshold;
            ScoreKeeper.Penalise(peer.Score, flood ? 2 : 1);
            SendPrune(topic, peer, _settings.PruneBackoff, exchange: false);
        }
        else if (_scores.Value(peer.Score) < 0)
        {
            Count(RouterCounter.GraftsNegativeScore);
            SendPrune(topic, peer, _settings.PruneBackoff, exchange: false);
        }
        else if (topic.Mesh.Count >= _settings.HighestDegree && !peer.Outbound)
        {
            // v1.1, Outbound Mesh Quotas: a full mesh only takes in peers that we dialled.
            Count(RouterCounter.GraftsMeshFull);
            SendPrune(topic, peer, _settings.PruneBackoff, exchange: true);
        }
        else
        {
            AddToMesh(topic, peer);
        }
    }

    private void OnPrunes(RouterPeer peer, List<PruneNotice> prunes)
    {
        foreach (PruneNotice prune in prunes)
        {
            if (!_topics.TryGetValue(prune.Topic, out TopicState? topic) || !topic.Joined)
            {
                continue;
            }

            bool wasInMesh = RemoveFromMesh(topic, peer);
            if (!wasInMesh && !peer.Topics.Contains(prune.Topic))
            {
                // There was nothing to prune; a stranger does not fill our table of backoffs.
                Count(RouterCounter.PrunesUnknownTopic);
                continue;
            }

            TimeSpan backoff = prune.Backoff is { } given && given > TimeSpan.Zero ? given : _settings.PruneBackoff;
            if (backoff >= _settings.MaxBackoff)
            {
                // The decoder has cut it. Nobody waits that long for a place in a mesh (P7: misbehaviour).
                Count(RouterCounter.BackoffsOverLimit);
                ScoreKeeper.Penalise(peer.Score, 1);
            }

            topic.Backoffs.Extend(peer.Id, _now + (backoff < _settings.MaxBackoff ? backoff : _settings.MaxBackoff));
            if (prune.Peers.Count > 0)
            {
                OnPeerExchange(peer, prune.Peers, wasInMesh);
            }
        }
    }

    private void OnPeerExchange(RouterPeer peer, IReadOnlyList<PeerExchangeInfo> offered, bool wasInMesh)
    {
        // v1.1, Score Thresholds: AcceptPXThreshold. Peers come in place of a mesh link, and not without end: each is dialled.
        if (_scores.Value(peer.Score) < _settings.Score.AcceptPeerExchangeThreshold || !wasInMesh || ++peer.Exchanges > MaxExchanges)
        {
            Count(RouterCounter.PeerExchangesRefused);
            return;
        }

        // The memory of a record is the frame's: what outlives the step is copied.
        PeerExchangeInfo[] strangers =
        [
            .. offered
                .Where(info => info.Peer != _self && !_peers.ContainsKey(info.Peer))
                .Take(_settings.PeerExchangeCount)
                .Select(static info => info with { SignedPeerRecord = info.SignedPeerRecord.ToArray() }),
        ];
        if (strangers.Length > 0)
        {
            _outputs.Add(RouterOutput.ConnectExchanged(peer.Id, strangers));
        }
    }

    private void OnIDontWant(RouterPeer peer, List<MessageId> ids)
    {
        foreach (ref readonly MessageId id in CollectionsMarshal.AsSpan(ids))
        {
            if (++peer.IDontWants > _settings.MaxIDontWantIds)
            {
                Count(RouterCounter.IDontWantsOverLimit);
                return;
            }

            if (peer.DontSend(id) && _cache.TryGet(id, out PubsubMessage? message, out TimeSpan putAt))
            {
                Save(peer, message, putAt);
            }
        }
    }
}
