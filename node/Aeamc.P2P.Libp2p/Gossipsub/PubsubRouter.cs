using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Gossipsub over a host: one stream each way per peer, the rules in <see cref="GossipsubRouter"/>. All members may be called
/// from any thread.
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
    /// <summary>Gossipsub v1.2 (IDONTWANT).</summary>
    public const string ProtocolV12 = "/meshsub/1.2.0";

    /// <summary>Gossipsub v1.1.</summary>
    public const string ProtocolV11 = "/meshsub/1.1.0";

    private const int MaxOpenFailures = 5;
    private const int ReconcileTicks = 5;

    private static readonly TimeSpan FirstHeartbeat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReopenDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongLived = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    private readonly ILibp2pHost _host;
    private readonly PubsubSettings _settings;
    private readonly Action<Libp2pLogLevel, string> _log;
    private readonly MessagePolicy _policy;
    private readonly TopicNames _names = new();
    private readonly RpcDecoder _decoder;
    private readonly ConcurrentDictionary<string, JoinedTopic> _joined = new(StringComparer.Ordinal);
    private readonly TaskTracker _tasks = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly long _startedAt;

    // Guards the core and everything below.
    private readonly Lock _gate = new();
    private readonly GossipsubRouter _core;
    private readonly List<RouterOutput> _outputs = [];
    private readonly Dictionary<PeerId, PubsubPeer> _peers = [];
    private ITimer? _heartbeat;
    private long _ticks;
    private bool _stopped;

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
        _decoder = new RpcDecoder(settings, _names);
        _core = new GossipsubRouter(host.LocalPeer, settings, new Random());
        _startedAt = host.Time.GetTimestamp();
    }

    /// <summary>The topics joined, sorted.</summary>
    public IReadOnlyList<string> Topics => [.. _joined.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Registers the protocols with the host and starts the heartbeat. Call once, before or after the host starts.</summary>
    public void Start()
    {
        _host.HandleStream(ProtocolV12, ServeAsync);
        _host.HandleStream(ProtocolV11, ServeAsync);
        _host.PeerConnected += OnPeerConnected;
        _host.PeerIdentified += OnPeerIdentified;
        _host.PeerDisconnected += OnPeerDisconnected;
        foreach (PeerInfo info in _host.Peers)
        {
            OnPeerConnected(info);
        }

        lock (_gate)
        {
            _heartbeat ??= _host.Time.CreateTimer(static router => ((PubsubRouter)router!).OnHeartbeat(), this, FirstHeartbeat, _settings.HeartbeatInterval);
        }
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
        Drive(new RouterInput.Subscribe(topic));
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

        return Drive(new RouterInput.Publish(_policy.Create(topic, data)));
    }

    /// <summary>P5: sets the application's own score of a connected peer.</summary>
    public void SetAppScore(PeerId peer, double score) => Drive(new RouterInput.AppScoreChanged(peer, score));

    /// <summary>The score of a peer; 0 for a stranger.</summary>
    public double Score(PeerId peer)
    {
        lock (_gate)
        {
            return _core.Score(peer);
        }
    }

    /// <summary>The mesh of a joined topic.</summary>
    public IReadOnlyList<PeerId> Mesh(string topic)
    {
        lock (_gate)
        {
            return _core.Mesh(topic);
        }
    }

    /// <summary>The connected peers that subscribed to a topic.</summary>
    public IReadOnlyList<PeerId> TopicPeers(string topic)
    {
        lock (_gate)
        {
            return _core.TopicPeers(topic);
        }
    }

    /// <summary>How often something happened.</summary>
    public long Counter(RouterCounter counter)
    {
        lock (_gate)
        {
            return _core.Counter(counter);
        }
    }

    /// <summary>How many messages had a fault.</summary>
    public long Counter(MessageFault fault)
    {
        lock (_gate)
        {
            return _core.Counter(fault);
        }
    }

    /// <summary>Stops taking part. Streams end; validators are cancelled; the host goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        PubsubPeer[] peers;
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            _stopped = true;
            _heartbeat?.Dispose();
            peers = [.. _peers.Values];
            _peers.Clear();
        }

        _host.PeerConnected -= OnPeerConnected;
        _host.PeerIdentified -= OnPeerIdentified;
        _host.PeerDisconnected -= OnPeerDisconnected;
        await _stopping.CancelAsync().ConfigureAwait(false);
        Array.ForEach(peers, static peer => peer.Leave());
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
            Drive(new RouterInput.Unsubscribe(topic.Name));
        }
    }

    private void OnPeerConnected(PeerInfo info) => Meet(info, protocol: null, inbound: null);

    private void OnPeerIdentified(PeerInfo info)
    {
        if (info.Identity?.SignedPeerRecord is { } record)
        {
            Drive(new RouterInput.PeerRecordKnown(info.Id, record));
        }
    }

    private void OnPeerDisconnected(PeerId id)
    {
        // It may be back before this event is handled; then its streams are new, and everything else still holds.
        if (_host.FindPeer(id) is null)
        {
            Part(id);
        }
    }

    /// <summary>A peer is there: by an event of the host, or by the stream that it opened, whichever is first.</summary>
    private PubsubPeer? Meet(PeerInfo info, string? protocol, PeerStream? inbound)
    {
        PubsubPeer? peer;
        PeerStream? replaced = null;
        bool isNew = false;
        lock (_gate)
        {
            if (_stopped)
            {
                return null;
            }

            if (!_peers.TryGetValue(info.Id, out peer))
            {
                peer = new PubsubPeer(info, _settings);
                _peers.Add(info.Id, peer);
                isNew = true;
            }

            if (inbound is not null)
            {
                (replaced, peer.Inbound) = (peer.Inbound, inbound);
            }
        }

        // One stream to read from per peer: the newer one counts.
        replaced?.Reset();
        if (protocol is not null)
        {
            Register(peer, protocol, reopened: replaced is not null, inbound: true);
        }

        if (isNew)
        {
            _tasks.Run(() => AttendAsync(peer));
        }

        return peer;
    }

    private void Register(PubsubPeer peer, string protocol, bool reopened, bool inbound)
    {
        lock (_gate)
        {
            if (_stopped || !_peers.TryGetValue(peer.Id, out PubsubPeer? current) || current != peer)
            {
                return;
            }

            bool first = !peer.Registered;
            peer.Registered = true;
            if (first)
            {
                Step(new RouterInput.PeerConnected(
                    peer.Id,
                    peer.Info.Direction == ConnectionDirection.Outbound,
                    peer.Info.RemoteAddress.ToIpEndPoint()?.Address,
                    protocol == ProtocolV12));
            }
            else if (reopened)
            {
                Step(new RouterInput.PeerReopened(peer.Id, inbound));
            }
        }
    }

    private void Part(PeerId id)
    {
        PubsubPeer? peer;
        lock (_gate)
        {
            if (!_peers.Remove(id, out peer))
            {
                return;
            }

            if (peer.Registered)
            {
                Step(new RouterInput.PeerDisconnected(id));
            }
        }

        peer.Leave();
    }

    /// <summary>Opens our stream to a peer and keeps it open while the peer is there.</summary>
    private async Task AttendAsync(PubsubPeer peer)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(peer.Gone, _stopping.Token);
        try
        {
            for (int failures = 0; failures < MaxOpenFailures; failures++)
            {
                long openedAt = _host.Time.GetTimestamp();
                if (!await WriteAsync(peer, reopened: failures > 0, ending.Token).ConfigureAwait(false))
                {
                    return;
                }

                if (_host.Time.GetElapsedTime(openedAt) > LongLived)
                {
                    failures = 0;
                }

                await Task.Delay(ReopenDelay * (1 << failures), _host.Time, ending.Token).ConfigureAwait(false);
            }

            _host.Refusals.Count("pubsub-stream-refused");
            Part(peer.Id);
        }
        catch (OperationCanceledException)
        {
            // The peer is gone, or we stop.
        }
        finally
        {
            peer.Dispose();
        }
    }

    /// <summary>Opens a stream and writes until it breaks. False when another try is pointless.</summary>
    private async Task<bool> WriteAsync(PubsubPeer peer, bool reopened, CancellationToken cancellationToken)
    {
        try
        {
            PeerStream stream = await _host.OpenStreamAsync(peer.Id, [ProtocolV12, ProtocolV11], cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                Register(peer, stream.Protocol, reopened, inbound: false);
                await peer.Queue.WriteToAsync(stream, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Libp2pException e) when (e.Error is Libp2pError.ProtocolUnsupported or Libp2pError.NotConnected or Libp2pError.HostStopped)
        {
            Part(peer.Id);
            return false;
        }
        catch (Exception e) when (e is Libp2pException or ChannelClosedException)
        {
            _log(Libp2pLogLevel.Debug, $"the gossipsub stream to {peer.Id} failed: {e.Message}");
        }

        return true;
    }

    /// <summary>Reads what a peer sends.</summary>
    private async Task ServeAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        if (_host.FindPeer(stream.RemotePeer) is not { } info || Meet(info, stream.Protocol, stream) is not { } peer)
        {
            return;
        }

        using var reader = new FrameReader(stream, _settings.MaxRpcBytes, _settings.RpcPatience, _host.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token, reader.Late);
        var rpc = new Rpc();
        try
        {
            while (await reader.ReadAsync(ending.Token).ConfigureAwait(false))
            {
                RpcFault fault = _decoder.TryDecode(reader.Frame, rpc);
                if (fault != RpcFault.None)
                {
                    Refuse(peer, stream, fault);
                    return;
                }

                Receive(peer, rpc);
                await peer.RoomAsync(ending.Token).ConfigureAwait(false);
            }
        }
        catch (ChannelClosedException e) when (e.Reason == ChannelCloseReason.MessageTooLong)
        {
            Refuse(peer, stream, RpcFault.FrameTooLong);
        }
        catch (OperationCanceledException) when (reader.Late.IsCancellationRequested)
        {
            _host.Disconnect(peer.Id, "pubsub-frame-too-slow");
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            // The peer left, opened another stream, or we stop.
        }
    }

    private void Refuse(PubsubPeer peer, PeerStream stream, RpcFault fault)
    {
        _host.Refusals.Count(fault switch
        {
            RpcFault.FrameTooLong => "pubsub-frame-too-long",
            RpcFault.BadVarint => "pubsub-bad-varint",
            RpcFault.LengthOutOfBounds => "pubsub-length-out-of-bounds",
            RpcFault.BadTag => "pubsub-bad-tag",
            RpcFault.BadTopic => "pubsub-bad-topic",
            RpcFault.TooManyEntries => "pubsub-too-many-entries",
            _ => throw Invariant.Fail($"no name for {fault}"),
        });
        Drive(new RouterInput.ProtocolViolated(peer.Id));
        stream.Reset();
    }

    private void Receive(PubsubPeer peer, Rpc rpc)
    {
        Span<RpcMessage> messages = CollectionsMarshal.AsSpan(rpc.Messages);
        foreach (ref RpcMessage message in messages)
        {
            _policy.Identify(ref message);
        }

        if (_settings.SignaturePolicy == SignaturePolicy.StrictSign)
        {
            VerifyUnseen(messages);
        }

        Drive(new RouterInput.RpcReceived(peer.Id, rpc), peer);
    }

    /// <summary>
    /// Signatures are checked outside the lock, and only of messages that are new. A forgery does not mark its id as seen, so it
    /// cannot keep the true message out.
    /// </summary>
    private void VerifyUnseen(Span<RpcMessage> messages)
    {
        foreach (ref RpcMessage message in messages)
        {
            bool seen;
            lock (_gate)
            {
                seen = message.Fault != MessageFault.None || _core.HasSeen(message.Id);
            }

            if (!seen && !_policy.VerifySignature(message))
            {
                message.Fault = MessageFault.BadSignature;
            }
        }
    }

    private void OnHeartbeat()
    {
        Drive(RouterInput.Heartbeat.Instance);
        if (Interlocked.Increment(ref _ticks) % ReconcileTicks == 0)
        {
            Reconcile();
        }
    }

    /// <summary>
    /// Streams and the host's events are not ordered among each other: a stream served just as its connection ended may have
    /// brought back a peer that nobody will announce as gone, and one given up may be reachable again.
    /// </summary>
    private void Reconcile()
    {
        HashSet<PeerId> known;
        lock (_gate)
        {
            known = [.. _peers.Keys];
        }

        foreach (PeerInfo info in _host.Peers)
        {
            if (!known.Remove(info.Id) && (info.Supports(ProtocolV12) || info.Supports(ProtocolV11)))
            {
                Meet(info, protocol: null, inbound: null);
            }
        }

        foreach (PeerId gone in known.Where(peer => _host.FindPeer(peer) is null))
        {
            Part(gone);
        }
    }

    /// <summary>Hands an input to the core and does what it wants done. Returns how many copies of messages were queued.</summary>
    private int Drive(RouterInput input, PubsubPeer? source = null)
    {
        int queued;
        RouterOutput[] outside;
        lock (_gate)
        {
            if (_stopped)
            {
                return 0;
            }

            (queued, outside) = Step(input);
        }

        foreach (RouterOutput output in outside)
        {
            Perform(output, source);
        }

        return queued;
    }

    /// <summary>One step of the core under the lock. Frames are queued here, in order; what calls out is left to the caller.</summary>
    private (int Queued, RouterOutput[] Outside) Step(RouterInput input)
    {
        int queued = 0;
        int count = 0;
        _core.Step(_host.Time.GetElapsedTime(_startedAt), input, _outputs);
        foreach (RouterOutput output in CollectionsMarshal.AsSpan(_outputs))
        {
            switch (output)
            {
                case RouterOutput.SendRpc send:
                    Enqueue(send.Peer, RpcEncoder.EncodeControl(send.Rpc), send.Priority);
                    break;
                case RouterOutput.SendMessage send:
                    queued += Enqueue(send.Peer, send.Message.Frame, send.Priority) ? 1 : 0;
                    break;
                default:
                    count++;
                    break;
            }
        }

        RouterOutput[] outside = count == 0 ? [] : [.. _outputs.Where(static output => output is not (RouterOutput.SendRpc or RouterOutput.SendMessage))];
        _outputs.Clear();
        return (queued, outside);
    }

    private bool Enqueue(PeerId id, byte[] frame, SendPriority priority)
    {
        if (!_peers.TryGetValue(id, out PubsubPeer? peer))
        {
            return false;
        }

        switch (peer.Queue.Enqueue(frame, priority))
        {
            case EnqueueResult.Queued:
                return true;
            case EnqueueResult.QueuedInstead:
                _host.Refusals.Count("pubsub-queue-dropped");
                return true;
            case EnqueueResult.Dropped:
                _host.Refusals.Count("pubsub-queue-dropped");
                return false;
            default:
                DropSlow(peer);
                return false;
        }
    }

    /// <summary>A peer that does not even take control messages is disconnected, once.</summary>
    private void DropSlow(PubsubPeer peer)
    {
        if (!peer.IsSlow)
        {
            peer.IsSlow = true;
            _tasks.Run(async () =>
            {
                // Not under the lock that is held here.
                await Task.Yield();
                _host.Disconnect(peer.Id, "pubsub-slow-peer");
            });
        }
    }

    private void Perform(RouterOutput output, PubsubPeer? source)
    {
        switch (output)
        {
            case RouterOutput.Validate validate:
                Validate(validate, source);
                break;
            case RouterOutput.Deliver deliver:
                Deliver(deliver.Message);
                break;
            case RouterOutput.ConnectDirect direct:
                _tasks.Run(() => ConnectAsync([_settings.DirectPeers[direct.Peer].WithPeer(direct.Peer)]));
                break;
            case RouterOutput.ConnectExchanged exchanged:
                foreach (PeerExchangeInfo info in exchanged.Peers)
                {
                    ConnectExchanged(exchanged.Source, info);
                }

                break;
            default:
                throw Invariant.Fail($"unknown output {output}");
        }
    }

    private void Validate(RouterOutput.Validate validate, PubsubPeer? source)
    {
        if (!_joined.TryGetValue(validate.Message.Topic, out JoinedTopic? topic))
        {
            Drive(new RouterInput.Validated(validate.Message.Id, MessageValidity.Ignore));
            return;
        }

        ValueTask<MessageValidity> verdict;
        try
        {
            verdict = topic.Validator(validate.Source, validate.Message.Data, _stopping.Token);
        }
        catch (Exception e)
        {
            verdict = ValueTask.FromException<MessageValidity>(e);
        }

        if (verdict.IsCompletedSuccessfully)
        {
            Drive(new RouterInput.Validated(validate.Message.Id, verdict.Result));
            return;
        }

        source?.BeginValidation(validate.Message.Data.Length);
        _tasks.Run(() => ValidateAsync(validate.Message, verdict, source));
    }

    private async Task ValidateAsync(PubsubMessage message, ValueTask<MessageValidity> pending, PubsubPeer? source)
    {
        MessageValidity verdict = MessageValidity.Ignore;
        try
        {
            verdict = await pending.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // Our fault, not the sender's: the message goes nowhere and nobody is blamed.
            _host.Refusals.Count("pubsub-validator-failed");
            _log(Libp2pLogLevel.Warning, $"the validator of {message.Topic} failed: {e}");
        }
        finally
        {
            source?.EndValidation(message.Data.Length);
        }

        Drive(new RouterInput.Validated(message.Id, verdict));
    }

    private void Deliver(PubsubMessage message)
    {
        try
        {
            _joined.GetValueOrDefault(message.Topic)?.Raise(message);
        }
        catch (Exception e)
        {
            // A subscriber's fault must not cost the peer its stream.
            _host.Refusals.Count("pubsub-subscriber-failed");
            _log(Libp2pLogLevel.Warning, $"a subscriber of {message.Topic} failed: {e}");
        }
    }

    private void ConnectExchanged(PeerId source, PeerExchangeInfo info)
    {
        // Without a record there is no address; with a forged one, nobody to believe (v1.1, Peer Exchange).
        if (SignedPeerRecord.TryOpen(info.SignedPeerRecord.Span, out SignedPeerRecord? record) && record.Peer == info.Peer)
        {
            _tasks.Run(() => _host.MeetAsync(source, record, info.SignedPeerRecord, _stopping.Token));
        }
        else
        {
            _host.Refusals.Count("pubsub-bad-peer-record");
        }
    }

    private async Task ConnectAsync(Multiaddress[] addresses)
    {
        foreach (Multiaddress address in addresses)
        {
            try
            {
                await _host.ConnectAsync(address, _stopping.Token).ConfigureAwait(false);
                return;
            }
            catch (Libp2pException e)
            {
                _log(Libp2pLogLevel.Debug, $"{address}: {e.Message}");
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
