using System.Net;
using System.Net.Sockets;
using Aeamc.P2P.Libp2p.Discovery;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Identify;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Multistream;
using Aeamc.P2P.Libp2p.Noise;
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
public sealed class Libp2pHost : ILibp2pHost, IAsyncDisposable
{
    private static readonly TimeSpan MaintenanceInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan SurplusPatience = TimeSpan.FromSeconds(30);

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
        _router.Add(ProtocolIds.Ping, PingService.ServeAsync);
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

    /// <summary>The addresses told to other peers: the announced ones, and those we listen on.</summary>
    public IReadOnlyList<Multiaddress> AdvertisedAddresses =>
        [.. _options.AnnounceAddresses.Concat(_listenAddresses.SelectMany(LocalAddresses.Expand)).Select(address => address.WithPeer(LocalPeer)).Distinct()];

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

    private async Task<PeerId> ConnectAsync(Multiaddress address, Func<IPAddress, bool> isAllowed, CancellationToken cancellationToken)
    {
        if (!_started || _stopping.IsCancellationRequested)
        {
            throw new Libp2pException(Libp2pError.HostStopped, "The host does not run.");
        }

        if (address.Peer == LocalPeer)
        {
            throw new Libp2pException(Libp2pError.SelfDial, $"{address} is our own address.");
        }

        if (address.Peer is { } known && _table.Preferred(known) is { Session.CanOpen: true })
        {
            return known;
        }

        if (address.Peer is { } named && _guard.IsBanned(named))
        {
            throw new Libp2pException(Libp2pError.LimitReached, $"{named} is banned for what it did.");
        }

        using var dialing = new CancellationTokenSource(_options.Limits.DialTimeout, Time);
        using var handshaking = new CancellationTokenSource(_options.Limits.DialTimeout + _options.Limits.HandshakeTimeout, Time);
        using var dial = CancellationTokenSource.CreateLinkedTokenSource(dialing.Token, cancellationToken, _stopping.Token);
        using var shake = CancellationTokenSource.CreateLinkedTokenSource(handshaking.Token, cancellationToken, _stopping.Token);
        Socket? socket = null;
        try
        {
            socket = await TcpDialer.ConnectAsync(address, isAllowed, dial.Token).ConfigureAwait(false);
            (NoiseChannel channel, PeerId peer) = await _upgrader.UpgradeAsync(socket, outbound: true, address.Peer, shake.Token).ConfigureAwait(false);
            Adopt(channel, peer, ConnectionDirection.Outbound, (IPEndPoint)socket.RemoteEndPoint!);
            socket = null;
            return peer;
        }
        catch (NoiseException e)
        {
            Refusals.Count(e.Reason);
            throw e.Reason == "noise-wrong-peer"
                ? new Libp2pException(Libp2pError.WrongPeer, $"Another peer than {address.Peer} answers at {address}.", e)
                : new Libp2pException(Libp2pError.HandshakeFailed, $"The handshake with {address} failed: {e.Reason}.", e);
        }
        catch (MultistreamException e)
        {
            Refusals.Count(e.Reason);
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"The handshake with {address} failed: {e.Reason}.", e);
        }
        catch (ChannelClosedException e)
        {
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"{address} closed the connection during the handshake.", e);
        }
        catch (SocketException e)
        {
            throw new Libp2pException(Libp2pError.DialFailed, $"{address} cannot be reached: {e.SocketErrorCode}.", e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            throw new Libp2pException(Libp2pError.TimedOut, $"{address} did not answer in time.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new Libp2pException(Libp2pError.HostStopped, "The host was stopped.");
        }
        finally
        {
            socket?.Dispose();
        }
    }

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

    /// <summary>Measures one round trip to a connected peer.</summary>
    /// <exception cref="IOException">It is not connected, does not serve ping, or the stream failed.</exception>
    public async Task<TimeSpan> PingAsync(PeerId peer, CancellationToken cancellationToken = default)
    {
        PeerStream stream = await OpenStreamAsync(peer, [ProtocolIds.Ping], cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            return await PingService.MeasureAsync(stream, Time, cancellationToken).ConfigureAwait(false);
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

    private void Listen(Multiaddress address)
    {
        IPEndPoint endPoint = address.ToIpEndPoint()
            ?? throw new ArgumentException($"{address} cannot be listened on: it must be an IP address.");
        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listeners.Add(listener);
        listener.Bind(endPoint);
        listener.Listen(512);
        _listenAddresses = [.. _listenAddresses, Multiaddress.FromEndPoint((IPEndPoint)listener.LocalEndPoint!, LocalPeer)];
        _tasks.Run(() => AcceptAsync(listener));
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of descriptors, or the stranger left already: neither may end the listener, nor make it spin.
                Refusals.Count("accept-failed");
                Log(Libp2pLogLevel.Warning, $"a connection could not be accepted: {e.SocketErrorCode}");
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System).ConfigureAwait(false);
                continue;
            }

            Admit(socket);
        }
    }

    private void Admit(Socket socket)
    {
        if (socket.RemoteEndPoint is not IPEndPoint remote)
        {
            socket.Dispose();
            return;
        }

        string? refusal = _table.RefusalFor(remote.Address) ?? _inbound.TryEnter(remote.Address);
        if (refusal is not null)
        {
            Refusals.Count(refusal);
            socket.Dispose();
            return;
        }

        _tasks.Run(() => WelcomeAsync(socket, remote));
    }

    private async Task WelcomeAsync(Socket socket, IPEndPoint remote)
    {
        bool adopted = false;
        using var late = new CancellationTokenSource(_options.Limits.HandshakeTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopping.Token);
        try
        {
            (NoiseChannel channel, PeerId peer) = await _upgrader.UpgradeAsync(socket, outbound: false, expected: null, either.Token).ConfigureAwait(false);
            adopted = true;
            Adopt(channel, peer, ConnectionDirection.Inbound, remote);
        }
        catch (NoiseException e)
        {
            Refusals.Count(e.Reason);
        }
        catch (MultistreamException e)
        {
            Refusals.Count(e.Reason);
        }
        catch (ChannelClosedException)
        {
            Refusals.Count("handshake-ended");
        }
        catch (OperationCanceledException)
        {
            Refusals.Count(_stopping.IsCancellationRequested ? "host-stopped" : "handshake-timeout");
        }
        catch (Libp2pException e)
        {
            // Adopt has counted it.
            Log(Libp2pLogLevel.Debug, $"refused {remote}: {e.Message}");
        }
        finally
        {
            _inbound.Leave(remote.Address);
            if (!adopted)
            {
                socket.Dispose();
            }
        }
    }

    // Takes over a finished connection; disposes of it when a limit forbids it.
    private void Adopt(NoiseChannel channel, PeerId peer, ConnectionDirection direction, IPEndPoint remote)
    {
        Multiaddress address = Multiaddress.FromEndPoint(remote);
        var session = new YamuxSession(channel, peer, direction == ConnectionDirection.Outbound, _yamux, Time, Refusals, Serve) { RemoteAddress = address };
        var connection = new PeerConnection(Interlocked.Increment(ref _connectionNumber), peer, direction, address, remote.Address, Time.GetTimestamp(), session);
        PeerConnection? displaced = null;
        string? refusal = peer == LocalPeer ? "self-connection" : _table.TryAdd(connection, out displaced);
        if (refusal is not null)
        {
            Refusals.Count(refusal);
            session.Abort();
            throw new Libp2pException(
                peer == LocalPeer ? Libp2pError.SelfDial : Libp2pError.LimitReached,
                $"The connection with {peer} was refused: {refusal}.");
        }

        if (displaced is not null)
        {
            Refusals.Count("connection-displaced");
            Close(displaced, YamuxGoAwayCode.Normal);
        }

        Log(Libp2pLogLevel.Debug, $"{direction} connection with {peer} at {address}");
        _tasks.Run(() => RunAsync(connection));
        _tasks.Run(() => _identify.AskAsync(connection, _stopping.Token));
    }

    private async Task RunAsync(PeerConnection connection)
    {
        try
        {
            await connection.Session.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            connection.Session.Abort();
            if (connection.Session.Offence is { } offence)
            {
                Punish(connection.Peer, offence);
            }

            _table.Remove(connection);
            Log(Libp2pLogLevel.Debug, $"connection with {connection.Peer} at {connection.RemoteAddress} is over");
        }
    }

    private void Serve(YamuxStream stream) => _tasks.Run(() => _router.ServeAsync(stream));

    private async Task MaintainAsync()
    {
        using var timer = new PeriodicTimer(MaintenanceInterval, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                foreach (PeerConnection connection in _table.Connections)
                {
                    Maintain(connection);
                }

                Trim();
                BanLowScores();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private void Maintain(PeerConnection connection)
    {
        connection.Session.Tick();
        if (connection.Session.StreamCount > 0)
        {
            return;
        }

        TimeSpan idle = Time.GetElapsedTime(connection.Session.LastActivity);
        bool surplus = idle > SurplusPatience && LocalPeer < connection.Peer && _table.IsSurplus(connection);
        if (surplus || (idle > _options.Limits.IdleTimeout && !_bootstrap.Contains(connection.Peer) && !_guard.IsProtected(connection.Peer)))
        {
            Close(connection, YamuxGoAwayCode.Normal);
        }
    }

    private void Trim()
    {
        foreach (PeerConnection connection in _table.Surplus(peer => _score?.Invoke(peer) ?? 0, MayTrim))
        {
            Refusals.Count("connection-trimmed");
            Close(connection, YamuxGoAwayCode.Normal);
        }
    }

    private bool MayTrim(PeerConnection connection) =>
        !_bootstrap.Contains(connection.Peer) && Time.GetElapsedTime(connection.Since) > _options.Limits.TrimGrace;

    private void BanLowScores()
    {
        if (_score is not { } score)
        {
            return;
        }

        foreach (PeerInfo peer in _table.Peers.Where(peer => !_guard.IsProtected(peer.Id)))
        {
            if (score(peer.Id) < _minimumScore)
            {
                Penalise(peer.Id, "score-too-low");
            }
        }
    }

    private void OnStreamFault(PeerId peer)
    {
        if (!_streamFaults.TryTake(peer))
        {
            Penalise(peer, "stream-faults");
        }
    }

    // Only for what came over an authenticated connection. Several reports of one deed, or of several connections, are one offence.
    private void Punish(PeerId peer, string reason)
    {
        if (_guard.IsProtected(peer))
        {
            Refusals.Count("offence-by-protected-peer");
        }
        else if (!_guard.Bans.Contains(peer))
        {
            Refusals.Count("banned");
            Log(Libp2pLogLevel.Information, $"{peer} at {_table.Describe(peer)?.RemoteAddress} is banned for {_guard.Bans.Ban(peer)}: {reason}");
        }

        foreach (PeerConnection connection in _table.Connections.Where(connection => connection.Peer == peer))
        {
            Close(connection, YamuxGoAwayCode.ProtocolError);
        }
    }

    private void Close(PeerConnection connection, YamuxGoAwayCode code) => _tasks.Run(() => connection.Session.CloseAsync(code, StopPatience));

    // Dials what a stranger told. False when none of the addresses led to the peer.
    private async Task<bool> DialAsync(PeerId peer, IReadOnlyList<Multiaddress> addresses, CancellationToken cancellationToken)
    {
        foreach (Multiaddress address in addresses.Where(address => AddressPolicy.MayDial(address, _options.AllowPrivateAddresses)))
        {
            try
            {
                await ConnectAsync(address.WithPeer(peer), ip => _options.AllowPrivateAddresses || AddressPolicy.IsPublic(ip), cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (Libp2pException e)
            {
                Log(Libp2pLogLevel.Debug, $"{address}: {e.Message}");
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        }

        return _stopping.IsCancellationRequested;
    }

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
}
