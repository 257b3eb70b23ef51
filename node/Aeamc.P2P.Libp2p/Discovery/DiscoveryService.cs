using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Libp2p.Discovery;

/// <summary>Discovery over a host: feeds <see cref="DiscoveryCore"/> with the host's events, does what it wants done, and keeps the address book on disk.</summary>
internal sealed class DiscoveryService : IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    private readonly ILibp2pHost _host;
    private readonly DiscoveryOptions _options;
    private readonly Func<PeerId, IReadOnlyList<Multiaddress>, CancellationToken, Task<bool>> _dial;
    private readonly Action<Libp2pLogLevel, string> _log;
    private readonly TaskTracker _tasks = new();
    private readonly CancellationTokenSource _stopping = new();

    // Guards the core and the book.
    private readonly Lock _gate = new();
    private readonly AddressBook _book;
    private readonly DiscoveryCore _core;
    private readonly List<DiscoveryOutput> _outputs = [];
    private ITimer? _timer;
    private DateTimeOffset _nextSave;
    private long _savedVersion;
    private bool _saving;
    private int _disposed;

    /// <param name="host">The host; its request protocol is registered here.</param>
    /// <param name="options">Bounds and pauses.</param>
    /// <param name="allowPrivate">Whether private addresses are dialled.</param>
    /// <param name="chance">The only source of chance.</param>
    /// <param name="isBanned">Whom not to dial.</param>
    /// <param name="dial">Tries a stranger's addresses in turn; false when none led to the peer. Never throws.</param>
    /// <param name="log">Takes one line per notable event.</param>
    public DiscoveryService(
        ILibp2pHost host,
        DiscoveryOptions options,
        bool allowPrivate,
        Chance chance,
        Func<PeerId, bool> isBanned,
        Func<PeerId, IReadOnlyList<Multiaddress>, CancellationToken, Task<bool>> dial,
        Action<Libp2pLogLevel, string> log)
    {
        _host = host;
        _options = options;
        _dial = dial;
        _log = log;
        _book = new AddressBook(host.LocalPeer, options, allowPrivate);
        _core = new DiscoveryCore(options, _book, chance, isBanned);
        Load();
        // Few questions are asked honestly: who asks often maps the network, or wants our bandwidth.
        var limits = new RequestOptions(PeerExchange.MaxRequestBytes, PeerExchange.MaxResponseBytes, TimeSpan.FromSeconds(10), 2) { MaxPerSecond = 0.2, Burst = 8 };
        host.HandleRequests(PeerExchange.Protocol, limits, (peer, request, _) => ValueTask.FromResult(Answer(peer, request.Span)));
    }

    /// <summary>Peers in the address book.</summary>
    public int KnownPeers
    {
        get
        {
            lock (_gate)
            {
                return _book.Count;
            }
        }
    }

    /// <summary>Begins to dial and to ask. Call once, when the host runs.</summary>
    public void Start()
    {
        _nextSave = _host.Time.GetUtcNow() + _options.SaveInterval;
        _host.PeerConnected += OnConnected;
        _host.PeerIdentified += OnIdentified;
        _host.PeerDisconnected += OnDisconnected;
        _timer = _host.Time.CreateTimer(static service => ((DiscoveryService)service!).OnTick(), this, TickInterval, TickInterval);
    }

    /// <summary>Takes a verified record that another peer told.</summary>
    public void Offer(SignedPeerRecord record, ReadOnlyMemory<byte> envelope, PeerId source) =>
        Drive(new DiscoveryInput.Offered(record, envelope.ToArray(), source));

    /// <summary>Stops, and writes the address book.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _timer?.Dispose();
        _host.PeerConnected -= OnConnected;
        _host.PeerIdentified -= OnIdentified;
        _host.PeerDisconnected -= OnDisconnected;
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (await _tasks.WhenIdleAsync(StopPatience).ConfigureAwait(false))
        {
            Save();
        }
    }

    private void OnConnected(PeerInfo info) =>
        Drive(new DiscoveryInput.Connected(info.Id, info.Direction == ConnectionDirection.Outbound ? info.RemoteAddress : null));

    private void OnDisconnected(PeerId peer) => Drive(new DiscoveryInput.Disconnected(peer));

    private void OnIdentified(PeerInfo info)
    {
        Drive(new DiscoveryInput.Identified(info.Id, info.Supports(PeerExchange.Protocol)));
        if (info.Identity?.SignedPeerRecord is { } envelope && SignedPeerRecord.TryOpen(envelope.Span, out SignedPeerRecord? record) && record.Peer == info.Id)
        {
            Drive(new DiscoveryInput.Offered(record, envelope, Source: null));
        }
    }

    private void OnTick()
    {
        Drive(DiscoveryInput.Tick.Instance);
        lock (_gate)
        {
            if (_saving || _options.AddressBookFile is null || _host.Time.GetUtcNow() < _nextSave || _book.Version == _savedVersion)
            {
                return;
            }

            _saving = true;
        }

        _tasks.Run(async () =>
        {
            // Off the timer's thread: the disk may be slow.
            await Task.Yield();
            Save();
        });
    }

    private OfferResult Drive(DiscoveryInput input)
    {
        DiscoveryOutput[] outputs;
        OfferResult result;
        lock (_gate)
        {
            result = _core.Step(_host.Time.GetUtcNow(), input, _outputs);
            outputs = [.. _outputs];
            _outputs.Clear();
        }

        if (input is DiscoveryInput.Offered && result is OfferResult.SourceFull or OfferResult.RegionFull or OfferResult.Full)
        {
            _host.Refusals.Count(result switch
            {
                OfferResult.SourceFull => "peer-record-source-full",
                OfferResult.RegionFull => "peer-record-region-full",
                _ => "peer-record-book-full",
            });
        }

        foreach (DiscoveryOutput output in outputs)
        {
            switch (output)
            {
                case DiscoveryOutput.Dial dial:
                    _tasks.Run(() => DialAsync(dial));
                    break;
                case DiscoveryOutput.Ask ask:
                    _tasks.Run(() => AskAsync(ask.Peer));
                    break;
            }
        }

        return result;
    }

    private async Task DialAsync(DiscoveryOutput.Dial dial)
    {
        bool reached = await _dial(dial.Peer, dial.Addresses, _stopping.Token).ConfigureAwait(false);
        Drive(reached ? new DiscoveryInput.DialEnded(dial.Peer) : new DiscoveryInput.DialFailed(dial.Peer));
    }

    private async Task AskAsync(PeerId peer)
    {
        RequestResult answer = await _host.RequestAsync(peer, PeerExchange.Protocol, PeerExchange.EncodeRequest(PeerExchange.MaxRecords), _stopping.Token).ConfigureAwait(false);
        if (answer.Status == RequestStatus.Ok)
        {
            if (!PeerExchange.TryDecodeResponse(answer.Response.Span, out List<(SignedPeerRecord Record, ReadOnlyMemory<byte> Envelope)>? records, out int forged))
            {
                _host.Penalise(peer, "peer-exchange-malformed");
            }
            else if (forged > 0)
            {
                _host.Penalise(peer, "peer-exchange-forged");
            }
            else
            {
                foreach ((SignedPeerRecord record, ReadOnlyMemory<byte> envelope) in records)
                {
                    Drive(new DiscoveryInput.Offered(record, envelope, record.Peer == peer ? null : peer));
                }
            }
        }

        Drive(new DiscoveryInput.AskEnded(peer));
    }

    private ReadOnlyMemory<byte>? Answer(PeerId asker, ReadOnlySpan<byte> request)
    {
        if (!PeerExchange.TryDecodeRequest(request, out int count))
        {
            _host.Penalise(asker, "peer-exchange-malformed");
            return null;
        }

        lock (_gate)
        {
            return PeerExchange.EncodeResponse(
                [.. _core.Sample(count, asker).Select(peer => peer.Record).Where(record => record.Length <= PeerExchange.MaxRecordBytes)]);
        }
    }

    private void Load()
    {
        if (_options.AddressBookFile is not { } path)
        {
            return;
        }

        try
        {
            IReadOnlyList<KnownPeer> peers = AddressBookFile.Load(path, out bool damaged) ?? [];
            if (damaged)
            {
                _log(Libp2pLogLevel.Warning, $"{path} is damaged and is begun anew; peers are learned again.");
            }

            DateTimeOffset latest = _host.Time.GetUtcNow() + (_options.RedialMaximum * 2);
            foreach (KnownPeer peer in peers)
            {
                // A clock that was wrong once must not keep a peer away for years.
                peer.NextDial = peer.NextDial < latest ? peer.NextDial : latest;
                _book.Restore(peer);
            }

            _savedVersion = _book.Version;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log(Libp2pLogLevel.Warning, $"{path} cannot be read and is begun anew: {e.Message}");
        }
    }

    private void Save()
    {
        byte[] content;
        long version;
        lock (_gate)
        {
            version = _book.Version;
            if (_options.AddressBookFile is null || version == _savedVersion)
            {
                _saving = false;
                return;
            }

            content = AddressBookFile.Encode([.. _book.Peers]);
        }

        bool saved = false;
        try
        {
            AddressBookFile.Save(_options.AddressBookFile, content);
            saved = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The old file stands, and the next interval tries again: an address book is worth no outage.
            _log(Libp2pLogLevel.Warning, $"the address book cannot be written: {e.Message}");
        }

        lock (_gate)
        {
            _savedVersion = saved ? version : _savedVersion;
            _nextSave = _host.Time.GetUtcNow() + _options.SaveInterval;
            _saving = false;
        }
    }
}
