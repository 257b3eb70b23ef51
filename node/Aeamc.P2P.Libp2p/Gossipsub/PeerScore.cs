using System.Net;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What is held against and in favour of one peer; kept by <see cref="ScoreKeeper"/>.</summary>
internal sealed class PeerScore
{
    private double _value;
    private bool _stale = true;

    public Dictionary<string, TopicScore> Topics { get; } = new(StringComparer.Ordinal);

    public double AppScore { get; set; }

    public double BehaviourPenalty { get; set; }

    /// <summary>The key of the peer's address for P6; null when it has none or shares it rightly.</summary>
    public IPAddress? ColocationKey { get; set; }

    public bool Connected { get; set; }

    /// <summary>When a disconnected peer is forgotten.</summary>
    public TimeSpan ExpiresAt { get; set; }

    /// <summary>Something changed: compute it anew when asked.</summary>
    public void Touch() => _stale = true;

    /// <summary>
    /// Score(p) = TopicCap(sum) + w5 P5 + w6 P6 + w7 P7 (gossipsub v1.1, The Score Function).
    /// </summary>
    public double Value(PeerScoreParameters parameters, int peersAtAddress)
    {
        if (_stale)
        {
            _value = Compute(parameters, peersAtAddress);
            _stale = false;
        }

        return _value;
    }

    private double Compute(PeerScoreParameters parameters, int peersAtAddress)
    {
        double score = 0;
        foreach (TopicScore topic in Topics.Values)
        {
            score += topic.Value;
        }

        if (parameters.TopicScoreCap > 0)
        {
            score = Math.Min(score, parameters.TopicScoreCap);
        }

        score += parameters.AppSpecificWeight * AppScore;
        int surplus = peersAtAddress - parameters.IPColocationFactorThreshold;
        if (surplus > 0)
        {
            score += parameters.IPColocationFactorWeight * surplus * surplus;
        }

        double misbehaviour = BehaviourPenalty - parameters.BehaviourPenaltyThreshold;
        if (misbehaviour > 0)
        {
            score += parameters.BehaviourPenaltyWeight * misbehaviour * misbehaviour;
        }

        return score;
    }
}
