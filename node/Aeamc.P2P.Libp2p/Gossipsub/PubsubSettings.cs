using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>Parameters of the router (gossipsub v1.0 Parameters, v1.1 Overview of New Parameters, v1.2 Parameters), and its caps.</summary>
public sealed record PubsubSettings
{
    /// <summary>Desired mesh degree D.</summary>
    public int Degree { get; init; } = 6;

    /// <summary>D_lo: below it the heartbeat grafts.</summary>
    public int LowestDegree { get; init; } = 5;

    /// <summary>D_hi: above it the heartbeat prunes.</summary>
    public int HighestDegree { get; init; } = 12;

    /// <summary>D_lazy: at least so many peers get gossip.</summary>
    public int LazyDegree { get; init; } = 6;

    /// <summary>D_score: peers kept by score when pruning for oversubscription.</summary>
    public int ScoreDegree { get; init; } = 4;

    /// <summary>D_out: outbound connections kept in a mesh; below D_lo and at most D / 2.</summary>
    public int OutboundDegree { get; init; } = 2;

    /// <summary>The share of a topic's peers that gets gossip, if that is more than D_lazy.</summary>
    public double GossipFactor { get; init; } = 0.25;

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan FanoutTtl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>mcache_len: heartbeats that a message stays available.</summary>
    public int HistoryLength { get; init; } = 5;

    /// <summary>mcache_gossip: heartbeats that a message is gossiped about.</summary>
    public int HistoryGossip { get; init; } = 3;

    /// <summary>An id is remembered at least this long, unless <see cref="MaxSeenIds"/> newer ones push it out.</summary>
    public TimeSpan SeenTtl { get; init; } = TimeSpan.FromSeconds(120);

    public bool FloodPublish { get; init; } = true;

    /// <summary>
    /// Own messages go to the mesh, the direct peers and others up to this number in all: enough of them to defeat an eclipse,
    /// and no more however many peers follow the topic.
    /// </summary>
    public int MaxFloodPeers { get; init; } = 64;

    /// <summary>
    /// How long a message waits before it is forwarded to a peer that lately had most messages by itself (zero: never). If it
    /// says so meanwhile, by IDONTWANT or by sending the message, the copy is saved. Not in topics that count deliveries (P3).
    /// </summary>
    public TimeSpan ForwardHold { get; init; } = TimeSpan.FromMilliseconds(10);

    public TimeSpan PruneBackoff { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan UnsubscribeBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest backoff that a peer can impose on us.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Waited beyond a backoff before grafting, for the peer's heartbeat to clear its side.</summary>
    public TimeSpan BackoffSlack { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A GRAFT within this time of the PRUNE counts twice.</summary>
    public TimeSpan GraftFloodThreshold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Heartbeats between checks for opportunistic grafting.</summary>
    public int OpportunisticGraftTicks { get; init; } = 60;

    public int OpportunisticGraftPeers { get; init; } = 2;

    /// <summary>Heartbeats between checks that the direct peers are connected.</summary>
    public int DirectConnectTicks { get; init; } = 300;

    /// <summary>Times a message is sent to one peer that asks for it.</summary>
    public int GossipRetransmission { get; init; } = 3;

    /// <summary>How long a peer has to send what it advertised and we asked for.</summary>
    public TimeSpan IWantFollowUp { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long one peer alone is asked for an id before another that advertised it is asked too.</summary>
    public TimeSpan IWantRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Ids asked for whose answers are awaited; past it ids are asked of everyone who advertises them.</summary>
    public int MaxRequestsInFlight { get; init; } = 16_384;

    /// <summary>IHAVE messages heeded per peer and heartbeat.</summary>
    public int MaxIHaveMessages { get; init; } = 10;

    /// <summary>Ids in one IHAVE, and ids asked of one peer per heartbeat.</summary>
    public int MaxIHaveLength { get; init; } = 5000;

    /// <summary>Ids served to one peer per heartbeat.</summary>
    public int MaxIWantLength { get; init; } = 5000;

    /// <summary>IDONTWANT ids heeded per peer and heartbeat (v1.2, max_idontwant_messages).</summary>
    public int MaxIDontWantIds { get; init; } = 5000;

    /// <summary>IDONTWANT ids remembered per peer; newer ones push out older ones.</summary>
    public int MaxIDontWantRemembered { get; init; } = 2048;

    /// <summary>Payload size from which IDONTWANT is sent for each message at once.</summary>
    public int IDontWantThreshold { get; init; } = 1024;

    /// <summary>Topics remembered per peer.</summary>
    public int MaxSubscriptionsPerPeer { get; init; } = 128;

    /// <summary>Peers named in a PRUNE that we send (0: none) or read.</summary>
    public int PeerExchangeCount { get; init; } = 16;

    /// <summary>Whether to name other peers when pruning for oversubscription.</summary>
    public bool PeerExchange { get; init; } = true;

    /// <summary>Longest payload, published or received.</summary>
    public int MaxMessageBytes { get; init; } = 1 << 20;

    /// <summary>Longest RPC; a longer one closes the stream.</summary>
    public int MaxRpcBytes { get; init; } = 4 << 20;

    /// <summary>How long an RPC may take from its first byte to its last; a slower peer is disconnected.</summary>
    public TimeSpan RpcPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Ids remembered at most, of which the newest half is certain to be there.</summary>
    public int MaxSeenIds { get; init; } = 1 << 18;

    /// <summary>Bytes of messages kept for IWANT; past it the oldest go early.</summary>
    public int MaxCachedBytes { get; init; } = 64 << 20;

    /// <summary>Backoffs remembered per topic; past it those of peers that are gone are forgotten.</summary>
    public int MaxBackoffsPerTopic { get; init; } = 1024;

    /// <summary>Messages of one peer under validation; past it the peer's stream is not read.</summary>
    public int MaxValidationsPerPeer { get; init; } = 256;

    /// <summary>Bytes queued to one peer; past it gossip, then forwarded messages are dropped, and without these the peer is.</summary>
    public int MaxQueuedBytesPerPeer { get; init; } = 8 << 20;

    public SignaturePolicy SignaturePolicy { get; init; } = SignaturePolicy.StrictNoSign;

    /// <summary>Hashed first for a message id under StrictNoSign: all nodes of a network must agree on it.</summary>
    public ReadOnlyMemory<byte> MessageIdDomain { get; init; } = "aeamc/v2/gossip/"u8.ToArray();

    /// <summary>
    /// Peers with an agreement and where to find them (v1.1, Explicit Peering Agreements): outside every mesh, always forwarded
    /// to, never scored out. The agreement must be mutual.
    /// </summary>
    public IReadOnlyDictionary<PeerId, Multiaddress> DirectPeers { get; init; } = new Dictionary<PeerId, Multiaddress>();

    /// <summary>Extensions of the protocol; with any, gossipsub v1.3 is offered.</summary>
    public IReadOnlyList<IPubsubExtension> Extensions { get; init; } = [];

    public PeerScoreParameters Score { get; init; } = new();

    /// <summary>Refuses values that the specification rules out.</summary>
    /// <exception cref="ArgumentException">Names the setting and its bound.</exception>
    public void Validate()
    {
        Require(Degree >= 0 && LowestDegree <= Degree && Degree <= HighestDegree, "D_lo <= D <= D_hi is required.");
        Require(OutboundDegree == 0 || (OutboundDegree < LowestDegree && OutboundDegree <= Degree / 2), "D_out must be below D_lo and at most D / 2.");
        Require(ScoreDegree <= Degree, "D_score must be at most D.");
        Require(GossipFactor is >= 0 and <= 1, "GossipFactor must be in 0..1.");
        Require(HistoryGossip <= HistoryLength && HistoryLength > 0, "HistoryGossip must be at most HistoryLength.");
        Require(Score.GossipThreshold < 0, "GossipThreshold must be negative.");
        Require(Score.PublishThreshold <= Score.GossipThreshold, "PublishThreshold must be at most GossipThreshold.");
        Require(Score.GraylistThreshold < Score.PublishThreshold, "GraylistThreshold must be below PublishThreshold.");
        Require(Score.AcceptPeerExchangeThreshold >= 0 && Score.OpportunisticGraftThreshold >= 0, "The acceptance thresholds must not be negative.");
        Require(HeartbeatInterval > TimeSpan.Zero && IWantFollowUp > TimeSpan.Zero, "HeartbeatInterval and IWantFollowUp must be positive.");
        Require(ForwardHold >= TimeSpan.Zero && ForwardHold < HeartbeatInterval, "ForwardHold must be below HeartbeatInterval.");
        Require(Extensions.All(static extension => extension.Field > 3), "The numbers 1 to 3 are no extension's.");
        Require(Extensions.DistinctBy(static extension => extension.Field).Count() == Extensions.Count, "Two extensions have the same number.");
        Require(MaxMessageBytes < MaxRpcBytes, "MaxMessageBytes must be below MaxRpcBytes.");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }
}
