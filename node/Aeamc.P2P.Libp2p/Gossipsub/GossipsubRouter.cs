using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Gossipsub v1.1 with IDONTWANT of v1.2 as a state machine: no clock, no I/O, no tasks; the same inputs and the same seed
/// give the same outputs. Not safe for concurrent use.
/// What a message costs depends on the mesh of its topic, not on the number of connected peers.
/// </summary>
public sealed partial class GossipsubRouter
{
    private readonly PeerId _self;
    private readonly PubsubSettings _settings;
    private readonly Random _random;
    private readonly ScoreKeeper _scores;
    private readonly SeenCache _seen;
    private readonly MessageCache _cache;
    private readonly GossipPromises _promises = new();
    private readonly Dictionary<PeerId, RouterPeer> _peers = [];
    private readonly Dictionary<string, TopicState> _topics = new(StringComparer.Ordinal);
    private readonly List<RouterPeer> _directPeers = [];
    private readonly List<RouterPeer> _withPending = [];
    private readonly long[] _counters = new long[Enum.GetValues<RouterCounter>().Length];
    private readonly long[] _faults = new long[Enum.GetValues<MessageFault>().Length];

    private TimeSpan _now;
    private long _tick;
    private List<RouterOutput> _outputs = [];

    /// <param name="self">This peer.</param>
    /// <param name="settings">Parameters, validated.</param>
    /// <param name="random">The only source of chance: seeded in tests, unpredictable in production.</param>
    public GossipsubRouter(PeerId self, PubsubSettings settings, Random random)
    {
        settings.Validate();
        _self = self;
        _settings = settings;
        _random = random;
        _scores = new ScoreKeeper(settings.Score);
        _seen = new SeenCache(settings.SeenTtl, settings.MaxSeenIds);
        _cache = new MessageCache(settings.HistoryLength, settings.HistoryGossip, settings.MaxCachedBytes);
    }

    /// <summary>Handles one input.</summary>
    /// <param name="now">Time since any fixed moment; never less than before.</param>
    /// <param name="input">What happened.</param>
    /// <param name="outputs">What is to be done is added here, in order.</param>
    public void Step(TimeSpan now, RouterInput input, List<RouterOutput> outputs)
    {
        Invariant.Check(now >= _now);
        _now = now;
        _outputs = outputs;
        switch (input)
        {
            case RouterInput.RpcReceived received:
                OnRpc(received.Peer, received.Rpc);
                break;
            case RouterInput.Validated validated:
                OnValidated(validated.Id, validated.Validity);
                break;
            case RouterInput.Publish publish:
                OnPublish(publish.Message);
                break;
            case RouterInput.Heartbeat:
                OnHeartbeat();
                break;
            case RouterInput.PeerConnected connected:
                OnPeerConnected(connected);
                break;
            case RouterInput.PeerDisconnected disconnected:
                OnPeerDisconnected(disconnected.Peer);
                break;
            case RouterInput.PeerReopened reopened:
                OnPeerReopened(reopened);
                break;
            case RouterInput.Subscribe subscribe:
                OnSubscribe(subscribe.Topic);
                break;
            case RouterInput.Unsubscribe unsubscribe:
                OnUnsubscribe(unsubscribe.Topic);
                break;
            case RouterInput.ProtocolViolated violated:
                Count(RouterCounter.ProtocolViolations);
                _scores.Penalise(violated.Peer, 1);
                break;
            case RouterInput.AppScoreChanged changed:
                _scores.SetAppScore(changed.Peer, changed.Score);
                break;
            case RouterInput.PeerRecordKnown known:
                OnPeerRecordKnown(known);
                break;
            default:
                throw Invariant.Fail($"unknown input {input}");
        }

        FlushPending();
        _outputs = [];
    }

    /// <summary>The score of a connected or remembered peer; 0 for a stranger.</summary>
    public double Score(PeerId peer) => _scores.Value(peer);

    /// <summary>Whether the id was seen, and is remembered.</summary>
    public bool HasSeen(MessageId id) => _seen.Contains(id);

    /// <summary>The mesh of a topic; empty when it is not joined.</summary>
    public IReadOnlyList<PeerId> Mesh(string topic) => Ids(_topics.GetValueOrDefault(topic)?.Mesh);

    /// <summary>The peers that messages of a topic that is not joined are published to.</summary>
    public IReadOnlyList<PeerId> Fanout(string topic) => Ids(_topics.GetValueOrDefault(topic)?.Fanout);

    /// <summary>The connected peers that subscribed to a topic.</summary>
    public IReadOnlyList<PeerId> TopicPeers(string topic) => Ids(_topics.GetValueOrDefault(topic)?.Members);

    /// <summary>How often something happened.</summary>
    public long Counter(RouterCounter counter) => _counters[(int)counter];

    /// <summary>How many messages had a fault.</summary>
    public long Counter(MessageFault fault) => _faults[(int)fault];

    private static PeerId[] Ids(List<RouterPeer>? peers) => peers is null ? [] : [.. peers.Select(static peer => peer.Id)];

    private void Count(RouterCounter counter, int by = 1) => _counters[(int)counter] += by;

    private TopicState Topic(string name)
    {
        if (!_topics.TryGetValue(name, out TopicState? topic))
        {
            _topics.Add(name, topic = new TopicState(name, _settings.MaxBackoffsPerTopic));
        }

        return topic;
    }

    /// <summary>The control entries that go to a peer at the end of the step, as one RPC.</summary>
    private Rpc Control(RouterPeer peer)
    {
        if (peer.Pending is null)
        {
            peer.Pending = new Rpc();
            _withPending.Add(peer);
        }

        return peer.Pending;
    }

    private void FlushPending()
    {
        foreach (RouterPeer peer in _withPending)
        {
            if (peer.Pending is { } rpc && _peers.ContainsKey(peer.Id))
            {
                _outputs.Add(new RouterOutput.SendRpc(peer.Id, rpc, SendPriority.Control));
            }

            peer.Pending = null;
        }

        _withPending.Clear();
    }

    /// <summary>Up to <paramref name="count"/> random members that may be grafted and meet the condition.</summary>
    private List<RouterPeer> PickForMesh(TopicState topic, int count, Func<RouterPeer, bool>? condition = null) =>
        PickMembers(topic, count, peer =>
            !peer.Direct
            && !topic.Mesh.Contains(peer)
            // v1.1, Heartbeat Maintenance: peers with a negative score are ignored.
            && _scores.Value(peer.Score) >= 0
            // v1.1, PRUNE Backoff: the whole backoff and some slack, or the peer would penalise us.
            && !(topic.Backoffs.TryGet(peer.Id, out TimeSpan until) && _now < until + _settings.BackoffSlack)
            && (condition is null || condition(peer)));

    private List<RouterPeer> PickMembers(TopicState topic, int count, Func<RouterPeer, bool> condition)
    {
        if (count <= 0)
        {
            return [];
        }

        List<RouterPeer> candidates = topic.Members.FindAll(peer => condition(peer));
        Shuffle(candidates);
        if (candidates.Count > count)
        {
            candidates.RemoveRange(count, candidates.Count - count);
        }

        return candidates;
    }

    private void Shuffle<T>(List<T> list) => _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list));
}
