using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>Scores of connected peers, and of those that left in bad standing (gossipsub v1.1, Peer Scoring).</summary>
internal sealed class ScoreKeeper(PeerScoreParameters parameters)
{
    private readonly Dictionary<PeerId, PeerScore> _scores = [];
    private readonly Dictionary<IPAddress, List<PeerScore>> _byAddress = [];
    private readonly Dictionary<PeerId, double> _appScores = [];
    private TimeSpan? _decayedAt;
    private int _retained;

    public double Value(PeerScore score) =>
        score.Value(parameters, score.ColocationKey is { } key && _byAddress.TryGetValue(key, out List<PeerScore>? peers) ? peers.Count : 0);

    /// <summary>The score of a peer by its id; 0 for a stranger.</summary>
    public double Value(PeerId peer) => _scores.TryGetValue(peer, out PeerScore? score) ? Value(score) : 0;

    /// <summary>Opens the account of a peer, or the one it left.</summary>
    public PeerScore Connect(PeerId peer, IPAddress? address)
    {
        if (!_scores.TryGetValue(peer, out PeerScore? score))
        {
            _scores.Add(peer, score = new PeerScore { AppScore = _appScores.GetValueOrDefault(peer) });
        }
        else if (!score.Connected)
        {
            _retained--;
        }

        score.Connected = true;
        AddAddress(score, address);
        return score;
    }

    /// <summary>Closes an account. A positive one is dropped, so that nobody can bank a score; another is kept for a while.</summary>
    public void Disconnect(PeerId peer, TimeSpan now)
    {
        PeerScore score = _scores[peer];
        foreach (TopicScore topic in score.Topics.Values)
        {
            topic.Leave();
        }

        score.Connected = false;
        score.Touch();
        bool keep = Value(score) <= 0 && (score.BehaviourPenalty > 0 || score.AppScore != 0 || score.Topics.Count > 0);
        RemoveAddress(score);
        if (!keep)
        {
            _scores.Remove(peer);
            return;
        }

        score.ExpiresAt = now + parameters.RetainScore;
        _retained++;
        if (_retained > parameters.MaxRetainedScores)
        {
            ForgetSoonest();
        }
    }

    public void Graft(PeerScore score, string topic, TimeSpan now)
    {
        ForTopic(score, topic)?.Graft(now);
        score.Touch();
    }

    public void Prune(PeerScore score, string topic)
    {
        ForTopic(score, topic)?.Prune();
        score.Touch();
    }

    public void FirstDelivery(PeerScore score, string topic)
    {
        ForTopic(score, topic)?.FirstDelivery();
        score.Touch();
    }

    public void MeshDelivery(PeerScore score, string topic)
    {
        ForTopic(score, topic)?.MeshDelivery();
        score.Touch();
    }

    public void InvalidDelivery(PeerScore score, string topic)
    {
        ForTopic(score, topic)?.InvalidDelivery();
        score.Touch();
    }

    /// <summary>P7.</summary>
    public static void Penalise(PeerScore score, int count)
    {
        score.BehaviourPenalty += count;
        score.Touch();
    }

    /// <summary>P7 for a peer that may have left by now.</summary>
    public void Penalise(PeerId peer, int count)
    {
        if (_scores.TryGetValue(peer, out PeerScore? score))
        {
            Penalise(score, count);
        }
    }

    /// <summary>P5. It is the application's to forget: 0 does so.</summary>
    public void SetAppScore(PeerId peer, double value)
    {
        if (value == 0)
        {
            _appScores.Remove(peer);
        }
        else
        {
            _appScores[peer] = value;
        }

        if (_scores.TryGetValue(peer, out PeerScore? score))
        {
            score.AppScore = value;
            score.Touch();
        }
    }

    /// <summary>How long after validation duplicates count for P3; null when the topic does not count deliveries.</summary>
    public TimeSpan? MeshDeliveryWindow(string topic) =>
        parameters.ForTopic(topic) is { } p && (p.MeshMessageDeliveriesWeight != 0 || p.MeshFailurePenaltyWeight != 0)
            ? p.MeshMessageDeliveriesWindow
            : null;

    /// <summary>Applies the decay intervals that have passed, and forgets who left long ago.</summary>
    public void Decay(TimeSpan now)
    {
        TimeSpan since = _decayedAt ??= now;
        int intervals = (int)Math.Min((now - since) / parameters.DecayInterval, int.MaxValue);
        if (intervals == 0)
        {
            return;
        }

        _decayedAt = since + parameters.DecayInterval * intervals;
        foreach ((PeerId peer, PeerScore score) in _scores)
        {
            if (!score.Connected)
            {
                // A score is not decayed while the peer is away: waiting does not wash it clean before its time.
                if (now >= score.ExpiresAt)
                {
                    _scores.Remove(peer);
                    _retained--;
                }

                continue;
            }

            foreach (TopicScore topic in score.Topics.Values)
            {
                topic.Decay(now, intervals, parameters.DecayToZero);
            }

            score.BehaviourPenalty = TopicScore.Decayed(score.BehaviourPenalty, parameters.BehaviourPenaltyDecay, intervals, parameters.DecayToZero);
            score.Touch();
        }
    }

    private TopicScore? ForTopic(PeerScore score, string topic)
    {
        if (!score.Topics.TryGetValue(topic, out TopicScore? counters) && parameters.ForTopic(topic) is { } topicParameters)
        {
            score.Topics.Add(topic, counters = new TopicScore(topicParameters));
        }

        return counters;
    }

    private void AddAddress(PeerScore score, IPAddress? address)
    {
        score.ColocationKey = ColocationKey(address);
        score.Touch();
        if (score.ColocationKey is { } key)
        {
            ref List<PeerScore>? peers = ref CollectionsMarshal.GetValueRefOrAddDefault(_byAddress, key, out _);
            (peers ??= []).Add(score);
            peers.ForEach(static peer => peer.Touch());
        }
    }

    private void RemoveAddress(PeerScore score)
    {
        if (score.ColocationKey is { } key && _byAddress.TryGetValue(key, out List<PeerScore>? peers))
        {
            peers.Remove(score);
            peers.ForEach(static peer => peer.Touch());
            if (peers.Count == 0)
            {
                _byAddress.Remove(key);
            }
        }

        score.ColocationKey = null;
        score.Touch();
    }

    // P6. One host is usually given a whole IPv6 /64, so that is what an address is.
    private IPAddress? ColocationKey(IPAddress? address)
    {
        if (address is null || parameters.IPColocationFactorWeight == 0)
        {
            return null;
        }

        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (IPNetwork network in parameters.IPColocationWhitelist)
        {
            if (network.Contains(plain))
            {
                return null;
            }
        }

        if (plain.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return plain;
        }

        Span<byte> bytes = stackalloc byte[16];
        plain.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private void ForgetSoonest()
    {
        PeerId? soonest = null;
        TimeSpan at = TimeSpan.MaxValue;
        foreach ((PeerId peer, PeerScore score) in _scores)
        {
            if (!score.Connected && score.ExpiresAt < at)
            {
                (soonest, at) = (peer, score.ExpiresAt);
            }
        }

        if (soonest is { } found)
        {
            _scores.Remove(found);
            _retained--;
        }
    }
}
