using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Gossipsub v1.1 with IDONTWANT of v1.2 and extensions of v1.3 as a state machine: no clock, no I/O, no tasks; the same inputs and the same seed
/// give the same outputs. Not safe for concurrent use.
/// What a message costs depends on the mesh of its topic, not on the number of connected peers.
/// </summary>
public sealed partial class GossipsubRouter
{
    private const int MaxHeld = 4096;
    private const int MaxSpareRpcs = 256;

    private static readonly List<RouterOutput> NoOutputs = [];

    private readonly PeerId _self;
    private readonly PubsubSettings _settings;
    private readonly Random _random;
    private readonly ScoreKeeper _scores;
    private readonly SeenCache _seen;
    private readonly MessageCache _cache;
    private readonly GossipPromises _promises = new();
    private readonly GossipRequests _requests;
    private readonly HeldForwards _held = new(MaxHeld);
    private readonly Dictionary<PeerId, RouterPeer> _peers = [];
    private readonly Dictionary<string, TopicState> _topics = new(StringComparer.Ordinal);
    private readonly List<RouterPeer> _directPeers = [];
    private readonly List<RouterPeer> _withPending = [];
    private readonly long[] _counters = new long[Enum.GetValues<RouterCounter>().Length];
    private readonly long[] _faults = new long[Enum.GetValues<MessageFault>().Length];
    private readonly ReadOnlyMemory<byte>? _extensions;

    // Lent to the caller with the outputs of the last step, and taken back at the next one.
    private readonly List<Rpc> _lentRpcs = [];
    private readonly Stack<Rpc> _spareRpcs = new();
    private readonly List<PubsubMessage> _lentMessages = [];

    private TimeSpan _now;
    private long _tick;
    private List<RouterOutput> _outputs = NoOutputs;

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
        _requests = new GossipRequests(settings.MaxRequestsInFlight, settings.IWantRetry, settings.HeartbeatInterval * settings.HistoryLength);
        _extensions = settings.Extensions.Count > 0 ? ExtensionAnnouncement.Encode(settings.Extensions) : null;
    }

    /// <summary>Where the memory of messages comes from; trimmed at each heartbeat.</summary>
    internal FramePool Frames { get; init; } = FramePool.Shared;

    /// <summary>When <see cref="RouterInput.Wake"/> is due at the latest; null when nothing waits. Any other step serves as well.</summary>
    public TimeSpan? NextWake
    {
        get
        {
            TimeSpan? next = _held.NextDue;
            // As many as topics of ours with traffic right now.
            foreach (TopicState topic in _announcing)
            {
                next = next is { } due && due < topic.AnnounceAt ? due : topic.AnnounceAt;
            }

            return next;
        }
    }

    /// <summary>Handles one input.</summary>
    /// <param name="now">Time since any fixed moment; never less than before.</param>
    /// <param name="input">What happened.</param>
    /// <param name="outputs">What is to be done is added here, in order; what it lends is valid until the next step.</param>
    public void Step(TimeSpan now, RouterInput input, List<RouterOutput> outputs)
    {
        Invariant.Check(now >= _now);
        _now = now;
        _outputs = outputs;
        TakeBackLent();
        SendAnnounced();
        SendHeld();
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
            case RouterInput.Wake:
                break;
            default:
                throw Invariant.Fail($"unknown input {input}");
        }

        FlushIDontWant();
        FlushPending();
        _outputs = NoOutputs;
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
            bool countsDeliveries = _scores.MeshDeliveryWindow(name) is not null;
            _topics.Add(name, topic = new TopicState(name, countsDeliveries, _settings.MaxBackoffsPerTopic, _peers.ContainsKey));
        }

        return topic;
    }

    /// <summary>The control entries that go to a peer at the end of the step, as one RPC.</summary>
    private Rpc Control(RouterPeer peer)
    {
        if (peer.Pending is null)
        {
            peer.Pending = LendRpc();
            _withPending.Add(peer);
        }

        return peer.Pending;
    }

    private Rpc LendRpc()
    {
        if (!_spareRpcs.TryPop(out Rpc? rpc))
        {
            rpc = new Rpc();
        }

        _lentRpcs.Add(rpc);
        return rpc;
    }

    private void TakeBackLent()
    {
        foreach (Rpc rpc in _lentRpcs)
        {
            rpc.Clear();
            if (_spareRpcs.Count < MaxSpareRpcs)
            {
                _spareRpcs.Push(rpc);
            }
        }

        _lentRpcs.Clear();
        foreach (PubsubMessage message in _lentMessages)
        {
            message.Release();
        }

        _lentMessages.Clear();
    }

    private void FlushPending()
    {
        foreach (RouterPeer peer in _withPending)
        {
            if (peer.Pending is { } rpc && _peers.ContainsKey(peer.Id))
            {
                _outputs.Add(RouterOutput.SendRpc(peer.Id, rpc, SendPriority.Control));
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
