using System.Net.Sockets;
using Aeamc.P2P.Libp2p.Discovery;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Identify;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Ping;
using Aeamc.P2P.Libp2p.Records;
using Aeamc.P2P.Libp2p.Transport;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Libp2p;

/// <summary>
/// A libp2p node over TCP: Noise, Yamux, Identify and Ping, request/response and one-way messages, and streams for any other protocol.
/// <code>
/// await using var host = new Libp2pHost(new Libp2pHostOptions { Identity = key, ListenAddresses = [Multiaddress.Parse("/ip4/0.0.0.0/tcp/4001")] });
/// host.HandleRequests("/aeamc/sync/1", RequestOptions.Default, (peer, request, ct) => ...);
/// await host.StartAsync();
/// PeerId peer = await host.ConnectAsync(Multiaddress.Parse("/ip4/10.0.0.2/tcp/4001/p2p/12D3KooW..."));
/// RequestResult result = await host.RequestAsync(peer, "/aeamc/sync/1", request);
/// </code>
/// </summary>
public sealed partial class Libp2pHost : ILibp2pHost, IAsyncDisposable
{
    private static readonly TimeSpan MaintenanceInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan SurplusPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AddressesKept = TimeSpan.FromSeconds(10);

    private readonly Libp2pHostOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskTracker _tasks = new();
    private readonly Chance _chance;
    private readonly PeerGuard _guard;
    private readonly KeyedRate<PeerId> _streamFaults;
    private readonly ConnectionTable _table;
    private readonly InboundGate _inbound;
    private readonly StreamRouter _router;
    private readonly ConnectionUpgrader _upgrader;
    private readonly IdentifyService _identify;
    private readonly RequestService _requests;
    private readonly MessageService _messages;
    private readonly YamuxOptions _yamux;
    private readonly DiscoveryService? _discovery;
    private readonly List<Socket> _listeners = [];
    private readonly HashSet<PeerId> _bootstrap;
    private IReadOnlyList<Multiaddress> _listenAddresses = [];
    private AddressesAt? _advertised;
    private Func<PeerId, double>? _score;
    private double _minimumScore;
    private long _connectionNumber;
    private int _pushPending;
    private volatile bool _started;
    private int _disposed;

    public Libp2pHost(Libp2pHostOptions options)
    {
        _options = options;
        LocalPeer = PeerId.FromNodeId(options.Identity.PublicKey);
        _chance = new Chance(options.Random);
        _guard = new PeerGuard(options.ProtectedPeers.Where(peer => peer != LocalPeer), options.Limits, options.Time);
        _streamFaults = new KeyedRate<PeerId>(options.Limits.StreamFaultsForgivenPerSecond, options.Limits.StreamFaultBurst, options.Limits.MaxBans, options.Time);
        _table = new ConnectionTable(LocalPeer, options.Limits, _guard);
        _inbound = new InboundGate(options.Limits, options.Time);
        _router = new StreamRouter(options.Limits.StreamNegotiationTimeout, options.Time, Refusals, HandlerFailed, OnStreamFault, _stopping.Token);
        _upgrader = new ConnectionUpgrader(options.Identity, options.InlineMuxer);
        _identify = new IdentifyService(options, _table, _router, Refusals, Penalise, () => AdvertisedAddresses);
        _requests = new RequestService(_table, options.Time, Refusals);
        _messages = new MessageService(this, _table, options.Limits);
        _yamux = YamuxOptions.From(options.Limits);
        _bootstrap = [.. options.BootstrapPeers.Where(address => address.Peer is not null).Select(address => address.Peer!.Value)];
        _router.Add(ProtocolIds.Identify, _identify.ServeAsync);
        _router.Add(ProtocolIds.IdentifyPush, _identify.ServePushAsync);
        _router.Add(ProtocolIds.Ping, new PingService(Refusals, OnStreamFault).ServeAsync);
        if (options.Discovery is { } discovery)
        {
            _discovery = new DiscoveryService(this, discovery, options.AllowPrivateAddresses, _chance, _guard.IsBanned, DialAsync, Log);
        }
    }

    public event Action<PeerInfo>? PeerConnected
    {
        add => _table.PeerConnected += value;
        remove => _table.PeerConnected -= value;
    }

    public event Action<PeerInfo>? PeerIdentified
    {
        add => _table.PeerIdentified += value;
        remove => _table.PeerIdentified -= value;
    }

    public event Action<PeerId>? PeerDisconnected
    {
        add => _table.PeerDisconnected += value;
        remove => _table.PeerDisconnected -= value;
    }

    public PeerId LocalPeer { get; }

    public TimeProvider Time => _options.Time;

    public RefusalCounters Refusals { get; } = new();

    public IReadOnlyList<PeerInfo> Peers => _table.Peers;

    /// <summary>Peers banned at this moment.</summary>
    public int BannedPeers => _guard.Bans.Count;

    /// <summary>Peers in the address book; 0 without discovery.</summary>
    public int KnownPeers => _discovery?.KnownPeers ?? 0;

    /// <summary>Where we listen, with the real port numbers and our peer id. Empty before <see cref="StartAsync"/>.</summary>
    public IReadOnlyList<Multiaddress> ListenAddresses => _listenAddresses;

    /// <summary>The addresses told to other peers: the announced ones, and those we listen on, as this machine had them within the last ten seconds.</summary>
    public IReadOnlyList<Multiaddress> AdvertisedAddresses
    {
        get
        {
            // Every stranger is told them, as often as it asks, and to list a machine's interfaces takes the system many calls.
            if (_advertised is not { } kept || kept.Listening != _listenAddresses || Time.GetElapsedTime(kept.At) > AddressesKept)
            {
                IReadOnlyList<Multiaddress> listening = _listenAddresses;
                _advertised = kept = new AddressesAt(Time.GetTimestamp(), listening,
                    [.. _options.AnnounceAddresses.Concat(listening.SelectMany(LocalAddresses.Expand)).Select(address => address.WithPeer(LocalPeer)).Distinct()]);
            }

            return kept.Addresses;
        }
    }

    /// <summary>Listens, and starts to dial the bootstrap peers. Does not wait for them.</summary>
    /// <exception cref="SocketException">An address cannot be listened on.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (Multiaddress address in _options.ListenAddresses)
        {
            Listen(address);
        }

        _started = true;
        _tasks.Run(() => _table.RaiseEventsAsync(e => HandlerFailed("peer event", e)));
        _tasks.Run(MaintainAsync);
        _discovery?.Start();
        foreach (Multiaddress address in _options.BootstrapPeers.Where(address => address.Peer != LocalPeer))
        {
            var keeper = new BootstrapKeeper(this, _table, _options.Limits, _chance, Log);
            _tasks.Run(() => keeper.RunAsync(address, _stopping.Token));
        }

        Log(Libp2pLogLevel.Information, $"peer {LocalPeer} listens on {string.Join(", ", _listenAddresses)}");
        return Task.CompletedTask;
    }

    public PeerInfo? FindPeer(PeerId peer) => _table.Describe(peer);

    public Task<PeerId> ConnectAsync(Multiaddress address, CancellationToken cancellationToken = default) =>
        ConnectAsync(address, static _ => true, cancellationToken);

    public async Task MeetAsync(PeerId source, SignedPeerRecord record, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken = default)
    {
        _discovery?.Offer(record, envelope, source);
        if (record.Peer != LocalPeer && !_guard.IsBanned(record.Peer) && _table.Preferred(record.Peer) is null)
        {
            await DialAsync(record.Peer, record.Addresses, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets a peer in whatever the limits say from now on, and neither trims nor bans it.</summary>
    public void Protect(PeerId peer) => _guard.Protect(peer);

    /// <summary>Treats a peer like any other again.</summary>
    public void Unprotect(PeerId peer) => _guard.Unprotect(peer);

    /// <summary>
    /// Names the judge of peers, gossipsub's score for example: when connections must be closed those of the lowest score go first, and a peer
    /// below <paramref name="minimum"/> is banned. The judge is asked about once a second and connection; it must not block or call the host.
    /// </summary>
    public void JudgePeersBy(Func<PeerId, double> score, double minimum) => (_minimumScore, _score) = (minimum, score);

    public void Disconnect(PeerId peer, string reason)
    {
        bool any = false;
        foreach (PeerConnection connection in _table.Connections.Where(connection => connection.Peer == peer))
        {
            any = true;
            Close(connection, YamuxGoAwayCode.Normal);
        }

        if (any)
        {
            Refusals.Count(reason);
            Log(Libp2pLogLevel.Debug, $"disconnected from {peer}: {reason}");
        }
    }

    public void Penalise(PeerId peer, string reason)
    {
        Refusals.Count(reason);
        Punish(peer, reason);
    }

    public void HandleStream(string protocol, StreamHandler handler)
    {
        _router.Add(protocol, handler);
        PushIdentity();
    }

    public async ValueTask<PeerStream> OpenStreamAsync(PeerId peer, IReadOnlyList<string> protocols, CancellationToken cancellationToken = default) =>
        _table.Preferred(peer) is { } connection
            ? await connection.OpenStreamAsync(protocols, _options.Limits.StreamNegotiationTimeout, cancellationToken).ConfigureAwait(false)
            : throw new Libp2pException(Libp2pError.NotConnected, $"{peer} is not connected.");

    public void HandleRequests(string protocol, RequestOptions options, RequestHandler handler) =>
        HandleStream(protocol, _requests.Register(protocol, options, handler));

    public ValueTask<RequestResult> RequestAsync(
        PeerId peer, string protocol, ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default) =>
        _requests.RequestAsync(peer, protocol, request, cancellationToken);

    public void HandleMessages(string protocol, int maxBytes, MessageHandler handler) =>
        HandleStream(protocol, _messages.Register(maxBytes, handler));

    public bool TrySend(PeerId peer, string protocol, ReadOnlyMemory<byte> message) => _messages.TrySend(peer, protocol, message);

    /// <summary>Measures one round trip to a connected peer. One at a time to each peer: a second call waits for the first to end.</summary>
    /// <exception cref="IOException">It is not connected, does not serve ping, or the stream failed.</exception>
    public async Task<TimeSpan> PingAsync(PeerId peer, CancellationToken cancellationToken = default)
    {
        if (_table.Find(peer)?.Pinging is not { } turn)
        {
            throw new Libp2pException(Libp2pError.NotConnected, $"{peer} is not connected.");
        }

        // No peer may keep more than one open, and takes two at most (libp2p specs, ping/ping.md).
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            PeerStream stream = await OpenStreamAsync(peer, [ProtocolIds.Ping], cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                return await PingService.MeasureAsync(stream, Time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Stops listening, says good-bye on every connection, and ends within two seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_discovery is not null)
        {
            await _discovery.DisposeAsync().ConfigureAwait(false);
        }

        _listeners.ForEach(listener => listener.Dispose());
        await Task.WhenAll(_table.Close().Select(connection => connection.Session.CloseAsync(YamuxGoAwayCode.Normal, StopPatience)))
            .ConfigureAwait(false);
        _table.EndEvents();
        if (!await _tasks.WhenIdleAsync(TimeSpan.FromSeconds(1.5)).ConfigureAwait(false))
        {
            Log(Libp2pLogLevel.Warning, "a stream or event handler still runs after the host was stopped");
        }
    }

    private void Close(PeerConnection connection, YamuxGoAwayCode code) => _tasks.Run(() => connection.Session.CloseAsync(code, StopPatience));

    private void PushIdentity()
    {
        // Handlers are often registered several at a time: one push tells of all.
        if (_started && Interlocked.Exchange(ref _pushPending, 1) == 0)
        {
            _tasks.Run(async () =>
            {
                await Task.Yield();
                Interlocked.Exchange(ref _pushPending, 0);
                await _identify.PushAsync(_stopping.Token).ConfigureAwait(false);
            });
        }
    }

    private void HandlerFailed(string what, Exception e)
    {
        Refusals.Count("handler-failed");
        Log(Libp2pLogLevel.Warning, $"the handler of {what} failed: {e}");
    }

    private void Log(Libp2pLogLevel level, string line) => _options.Log?.Invoke(level, line);

    private sealed record AddressesAt(long At, IReadOnlyList<Multiaddress> Listening, IReadOnlyList<Multiaddress> Addresses);
}
