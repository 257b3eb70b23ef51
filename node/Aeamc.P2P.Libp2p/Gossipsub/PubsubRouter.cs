using System.Collections.Concurrent;
using System.Text;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Gossipsub over a host: one stream each way per peer (<see cref="PubsubStreams"/>), the rules in <see cref="GossipsubRouter"/>,
/// run by <see cref="RouterDriver"/>. All members may be called from any thread.
/// <code>
/// await using var pubsub = new PubsubRouter(host, new PubsubSettings());
/// ITopic blocks = pubsub.Subscribe("/aeamc/main/c0/blocks", (peer, data, ct) => ValueTask.FromResult(MessageValidity.Accept));
/// blocks.OnMessage += message => inbox.Writer.TryWrite(message.Data.ToArray());
/// pubsub.Start();
/// blocks.Publish(bytes);
/// </code>
/// </summary>
public sealed class PubsubRouter : IAsyncDisposable
{
    /// <summary>Gossipsub v1.3 (extensions), offered when there are any.</summary>
    public const string ProtocolV13 = "/meshsub/1.3.0";

    /// <summary>Gossipsub v1.2 (IDONTWANT).</summary>
    public const string ProtocolV12 = "/meshsub/1.2.0";

    /// <summary>Gossipsub v1.1.</summary>
    public const string ProtocolV11 = "/meshsub/1.1.0";

    private const int ReconcileTicks = 5;

    private static readonly TimeSpan FirstHeartbeat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    private readonly ILibp2pHost _host;
    private readonly PubsubSettings _settings;
    private readonly Action<Libp2pLogLevel, string> _log;
    private readonly MessagePolicy _policy;
    private readonly TopicNames _names = new();
    private readonly ConcurrentDictionary<string, JoinedTopic> _joined = new(StringComparer.Ordinal);
    private readonly TaskTracker _tasks = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly RouterDriver _driver;
    private readonly PubsubStreams _streams;
    private readonly ApplicationCalls _application;
    private readonly PeerDialer _dialer;
    private readonly Action<RouterInput.Validated> _onVerdict;
    private ITimer? _heartbeat;
    private long _ticks;

    /// <summary>A router over <paramref name="host"/>; it takes part once <see cref="Start"/> is called.</summary>
    /// <param name="host">The host; not disposed.</param>
    /// <param name="settings">Parameters; the policy and id domain must be the same on every node of a network.</param>
    /// <param name="signingKey">The host's identity, required under <see cref="SignaturePolicy.StrictSign"/>; not disposed.</param>
    /// <param name="log">Takes one line per notable event; must not block or throw.</param>
    /// <exception cref="ArgumentException">A setting is out of bounds, or the key is missing or not the host's.</exception>
    public PubsubRouter(ILibp2pHost host, PubsubSettings settings, Ed25519PrivateKey? signingKey = null, Action<Libp2pLogLevel, string>? log = null)
    {
        settings.Validate();
        _host = host;
        _settings = settings;
        _log = log ?? ((_, _) => { });
        // Numbers must increase over restarts: they start at the clock, in nanoseconds, faster than anyone publishes.
        var clock = (ulong)(host.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        _policy = new MessagePolicy(settings, host.LocalPeer, signingKey, clock);
        var decoder = new RpcDecoder(settings, _names);
        _onVerdict = verdict => _driver!.Drive(verdict);
        _driver = new RouterDriver(host, settings, CallOut, DropSlow);
        _streams = new PubsubStreams(host, settings, _policy, decoder, _driver, _tasks, _log, _stopping.Token);
        _application = new ApplicationCalls(_joined, host, _tasks, _log, _stopping.Token);
        _dialer = new PeerDialer(host, settings, _tasks, _log, _stopping.Token);
    }

    /// <summary>The topics joined, sorted.</summary>
    public IReadOnlyList<string> Topics => [.. _joined.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Registers the protocols with the host and starts the heartbeat. Call once, before or after the host starts.</summary>
    public void Start()
    {
        _streams.Start();
        _heartbeat ??= _host.Time.CreateTimer(static router => ((PubsubRouter)router!).OnHeartbeat(), this, FirstHeartbeat, _settings.HeartbeatInterval);
    }

    /// <summary>Joins a topic.</summary>
    /// <param name="topic">Its name, 1 to 256 bytes; no name of a network may be the beginning of another one.</param>
    /// <param name="validator">Judges every message before it is delivered or forwarded.</param>
    /// <exception cref="ArgumentException">The name is too long or empty, or the topic is joined already.</exception>
    public ITopic Subscribe(string topic, MessageValidator validator)
    {
        if (Encoding.UTF8.GetByteCount(topic) is 0 or > TopicNames.MaxBytes)
        {
            throw new ArgumentException($"A topic name has 1 to {TopicNames.MaxBytes} bytes.", nameof(topic));
        }

        var joined = new JoinedTopic(this, topic, validator);
        if (!_joined.TryAdd(topic, joined))
        {
            throw new ArgumentException($"{topic} is joined already.", nameof(topic));
        }

        _names.Add(topic);
        _driver.Drive(new RouterInput.Subscribe(topic));
        return joined;
    }

    /// <summary>Publishes to a topic, joined or not. The data is copied.</summary>
    /// <returns>How many peers it was queued for.</returns>
    /// <exception cref="ArgumentException">The data is longer than <see cref="PubsubSettings.MaxMessageBytes"/>.</exception>
    public int Publish(string topic, ReadOnlySpan<byte> data)
    {
        if (data.Length > _settings.MaxMessageBytes)
        {
            throw new ArgumentException($"A message has at most {_settings.MaxMessageBytes} bytes, not {data.Length}.", nameof(data));
        }

        PubsubMessage message = _policy.Create(topic, data);
        int queued = _driver.Drive(new RouterInput.Publish(message));
        message.Release();
        return queued;
    }

    /// <summary>P5: sets the application's own score of a peer, connected or not; 0 forgets it.</summary>
    public void SetAppScore(PeerId peer, double score) => _driver.Drive(new RouterInput.AppScoreChanged(peer, score));

    /// <summary>The score of a peer; 0 for a stranger.</summary>
    public double Score(PeerId peer) => _driver.Read(core => core.Score(peer));

    /// <summary>The mesh of a joined topic.</summary>
    public IReadOnlyList<PeerId> Mesh(string topic) => _driver.Read(core => core.Mesh(topic));

    /// <summary>The connected peers that subscribed to a topic.</summary>
    public IReadOnlyList<PeerId> TopicPeers(string topic) => _driver.Read(core => core.TopicPeers(topic));

    /// <summary>How often something happened.</summary>
    public long Counter(RouterCounter counter) => _driver.Read(core => core.Counter(counter));

    /// <summary>How many messages had a fault.</summary>
    public long Counter(MessageFault fault) => _driver.Read(core => core.Counter(fault));

    /// <summary>Stops taking part. Streams end; validators are cancelled; the host goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_driver.Stop())
        {
            return;
        }

        _streams.Stop();
        if (_heartbeat is { } heartbeat)
        {
            await heartbeat.DisposeAsync().ConfigureAwait(false);
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        if (!await _tasks.WhenIdleAsync(StopPatience).ConfigureAwait(false))
        {
            _log(Libp2pLogLevel.Warning, "a message validator still runs after gossipsub was stopped");
        }
    }

    internal void Unsubscribe(JoinedTopic topic)
    {
        if (_joined.TryRemove(KeyValuePair.Create(topic.Name, topic)))
        {
            _names.Remove(topic.Name);
            _driver.Drive(new RouterInput.Unsubscribe(topic.Name));
        }
    }

    private void OnHeartbeat()
    {
        _driver.Drive(RouterInput.Heartbeat.Instance);
        if (Interlocked.Increment(ref _ticks) % ReconcileTicks == 0)
        {
            _streams.Reconcile();
        }
    }

    private void CallOut(RouterOutput output, PubsubPeer? source)
    {
        switch (output.Kind)
        {
            case RouterOutputKind.Validate:
                _application.Validate(output, source, _onVerdict);
                break;
            case RouterOutputKind.Deliver:
                _application.Deliver(output.Message);
                break;
            case RouterOutputKind.ConnectDirect:
                _dialer.ConnectDirect(output.Peer);
                break;
            case RouterOutputKind.ConnectExchanged:
                _dialer.ConnectExchanged(output.Peer, output.Exchanged);
                break;
            default:
                throw Invariant.Fail($"unknown output {output.Kind}");
        }
    }

    /// <summary>A peer that does not even take control messages is disconnected.</summary>
    private void DropSlow(PubsubPeer peer) => _tasks.Run(async () =>
    {
        // Not under the router's lock, which is held here.
        await Task.Yield();
        _host.Disconnect(peer.Id, "pubsub-slow-peer");
    });
}
