using System.Net;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>Score parameters and thresholds that span topics (gossipsub v1.1, Overview of New Parameters).</summary>
public sealed record PeerScoreParameters
{
    /// <summary>Below it no gossip goes to the peer and its gossip is ignored.</summary>
    public double GossipThreshold { get; init; } = -10;

    /// <summary>Below it own messages are not sent to the peer.</summary>
    public double PublishThreshold { get; init; } = -50;

    /// <summary>Below it the peer is graylisted: all its RPCs are ignored.</summary>
    public double GraylistThreshold { get; init; } = -80;

    /// <summary>From it on, peers that the peer names in a PRUNE are believed.</summary>
    public double AcceptPeerExchangeThreshold { get; init; } = 10;

    /// <summary>
    /// When the median of a mesh is below it, better peers are grafted: more than time in the mesh earns in several topics, less
    /// than a peer that delivers.
    /// </summary>
    public double OpportunisticGraftThreshold { get; init; } = 2;

    public TimeSpan DecayInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Below it a decayed counter is zero.</summary>
    public double DecayToZero { get; init; } = 0.01;

    /// <summary>How long the score of a peer that left is remembered, if it is not positive.</summary>
    public TimeSpan RetainScore { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many peers that left are remembered; past it the one that would expire first is forgotten.</summary>
    public int MaxRetainedScores { get; init; } = 4096;

    /// <summary>The cap of the positive sum over topics; 0 for none.</summary>
    public double TopicScoreCap { get; init; } = 50;

    /// <summary>P5: weight of the application's own score.</summary>
    public double AppSpecificWeight { get; init; } = 1;

    /// <summary>P6: weight of the squared surplus of peers at one address; negative, or 0 for off.</summary>
    public double IPColocationFactorWeight { get; init; } = -5;

    /// <summary>P6: peers at one address before the penalty. An IPv6 address counts by its /64 prefix.</summary>
    public int IPColocationFactorThreshold { get; init; } = 10;

    /// <summary>P6: networks whose peers may share an address; by default this machine.</summary>
    public IReadOnlyList<IPNetwork> IPColocationWhitelist { get; init; } = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>P7: weight of the squared count of misbehaviours above the threshold; negative.</summary>
    public double BehaviourPenaltyWeight { get; init; } = -10;

    /// <summary>P7: count up to which nothing is deducted: honest peers race now and then.</summary>
    public double BehaviourPenaltyThreshold { get; init; } = 1;

    public double BehaviourPenaltyDecay { get; init; } = 0.98;

    /// <summary>What every topic without parameters of its own gets; null: such topics do not count.</summary>
    public TopicScoreParameters? DefaultTopic { get; init; } = new();

    /// <summary>Parameters by topic name.</summary>
    public IReadOnlyDictionary<string, TopicScoreParameters> Topics { get; init; } = new Dictionary<string, TopicScoreParameters>();

    /// <summary>The parameters of a topic, or null when it does not count.</summary>
    public TopicScoreParameters? ForTopic(string topic) => Topics.GetValueOrDefault(topic, DefaultTopic!);
}
