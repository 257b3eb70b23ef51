using System.Net;
using System.Threading.Channels;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>
/// Who is connected, within the limits. Events are raised in their order by one task, outside every lock: a handler may call the host, and
/// a host's caller may hold the lock its handler wants.
/// </summary>
internal sealed class ConnectionTable
{
    private readonly object _gate = new();
    private readonly Dictionary<PeerId, PeerEntry> _peers = [];
    private readonly Dictionary<IPAddress, int> _inboundByIp = [];
    private readonly Dictionary<IPAddress, int> _inboundBySubnet = [];
    private readonly Channel<Action> _events = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly PeerId _local;
    private readonly Libp2pLimits _limits;
    private readonly PeerGuard _guard;
    private int _connections;
    private bool _closed;

    public ConnectionTable(PeerId local, Libp2pLimits limits, PeerGuard guard)
    {
        _local = local;
        _limits = limits;
        _guard = guard;
    }

    public event Action<PeerInfo>? PeerConnected;

    public event Action<PeerInfo>? PeerIdentified;

    public event Action<PeerId>? PeerDisconnected;

    /// <summary>A snapshot.</summary>
    public IReadOnlyList<PeerInfo> Peers
    {
        get
        {
            lock (_gate)
            {
                return [.. _peers.Values.Select(Describe)];
            }
        }
    }

    /// <summary>All connections at this moment.</summary>
    public IReadOnlyList<PeerConnection> Connections
    {
        get
        {
            lock (_gate)
            {
                return [.. _peers.Values.SelectMany(entry => entry.Connections)];
            }
        }
    }

    /// <summary>
    /// Whether a stranger from this address may begin a handshake; gives the limit's name if not. Who it is shows only by the handshake, so
    /// while a protected peer is absent everybody may try.
    /// </summary>
    public string? RefusalFor(IPAddress remoteIp)
    {
        lock (_gate)
        {
            return FullFor(remoteIp) is { } reason && _guard.Protected.All(_peers.ContainsKey) ? reason : null;
        }
    }

    /// <summary>Adds a connection; gives the name of the limit that forbids it, or null.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="displaced">The connection that a protected peer's takes the place of: the caller closes it.</param>
    public string? TryAdd(PeerConnection connection, out PeerConnection? displaced)
    {
        displaced = null;
        lock (_gate)
        {
            if (_closed)
            {
                return "host-stopped";
            }

            bool isProtected = _guard.IsProtected(connection.Peer);
            if (_guard.IsBanned(connection.Peer))
            {
                return "banned";
            }

            if (connection.Direction == ConnectionDirection.Inbound && !isProtected && FullFor(connection.RemoteIp) is { } reason)
            {
                return reason;
            }

            _peers.TryGetValue(connection.Peer, out PeerEntry? entry);
            if (entry?.Connections.Count >= _limits.MaxConnectionsPerPeer)
            {
                return "connections-per-peer";
            }

            if (isProtected && _connections >= _limits.MaxConnections)
            {
                displaced = Cheapest(1, static _ => 0, static _ => true) is [var cheapest] ? cheapest : null;
            }

            if (entry is null)
            {
                _peers[connection.Peer] = entry = new PeerEntry(connection.Peer);
            }

            entry.Connections.Add(connection);
            _connections++;
            if (connection.Direction == ConnectionDirection.Inbound)
            {
                Change(_inboundByIp, AddressGroup.Holder(connection.RemoteIp), 1);
                Change(_inboundBySubnet, AddressGroup.Subnet(connection.RemoteIp), 1);
            }

            if (entry.Connections.Count == 1)
            {
                PeerInfo info = Describe(entry);
                _events.Writer.TryWrite(() => PeerConnected?.Invoke(info));
            }

            return null;
        }
    }

    /// <summary>The connections to close when there are more than <see cref="Libp2pLimits.HighWater"/>, down to <see cref="Libp2pLimits.LowWater"/>.</summary>
    /// <param name="worth">What a peer is worth; higher is kept longer.</param>
    /// <param name="mayGo">Which connections may be closed at all; those of protected peers are not asked about.</param>
    public IReadOnlyList<PeerConnection> Surplus(Func<PeerId, double> worth, Func<PeerConnection, bool> mayGo)
    {
        lock (_gate)
        {
            return _connections > _limits.HighWater ? Cheapest(_connections - _limits.LowWater, worth, mayGo) : [];
        }
    }

    // Least worth first; then who came to us, for anybody can come; then the youngest, so that newcomers cannot push out those that are here.
    private List<PeerConnection> Cheapest(int count, Func<PeerId, double> worth, Func<PeerConnection, bool> mayGo) =>
    [
        .. _peers.Values.Where(entry => !_guard.IsProtected(entry.Id)).SelectMany(entry => entry.Connections).Where(mayGo)
            .OrderBy(connection => worth(connection.Peer))
            .ThenBy(connection => connection.Direction == ConnectionDirection.Inbound ? 0 : 1)
            .ThenByDescending(connection => connection.Number)
            .Take(count),
    ];

    private string? FullFor(IPAddress remoteIp) =>
        _connections >= _limits.MaxConnections ? "connections"
        : _inboundByIp.GetValueOrDefault(AddressGroup.Holder(remoteIp)) >= _limits.MaxInboundPerIp ? "connections-per-ip"
        : _inboundBySubnet.GetValueOrDefault(AddressGroup.Subnet(remoteIp)) >= _limits.MaxInboundPerSubnet && !_limits.IsExempt(remoteIp) ? "connections-per-subnet"
        : null;

    private static void Change(Dictionary<IPAddress, int> counts, IPAddress key, int by)
    {
        if ((counts[key] = counts.GetValueOrDefault(key) + by) == 0)
        {
            counts.Remove(key);
        }
    }

    /// <summary>Removes a connection that is over.</summary>
    public void Remove(PeerConnection connection)
    {
        PeerEntry? gone = null;
        lock (_gate)
        {
            if (!_peers.TryGetValue(connection.Peer, out PeerEntry? entry) || !entry.Connections.Remove(connection))
            {
                return;
            }

            _connections--;
            if (connection.Direction == ConnectionDirection.Inbound)
            {
                Change(_inboundByIp, AddressGroup.Holder(connection.RemoteIp), -1);
                Change(_inboundBySubnet, AddressGroup.Subnet(connection.RemoteIp), -1);
            }

            if (entry.Connections.Count == 0)
            {
                _peers.Remove(connection.Peer);
                _events.Writer.TryWrite(() => PeerDisconnected?.Invoke(connection.Peer));
                gone = entry;
            }
        }

        gone?.Gone.Cancel();
    }

    /// <summary>The peer's entry while it is connected. Its list of connections may only be used through this table.</summary>
    public PeerEntry? Find(PeerId peer)
    {
        lock (_gate)
        {
            return _peers.GetValueOrDefault(peer);
        }
    }

    /// <summary>The connection on which to open streams to a peer.</summary>
    public PeerConnection? Preferred(PeerId peer)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(peer, out PeerEntry? entry) ? entry.Preferred(_local) : null;
        }
    }

    /// <summary>What is known of a connected peer.</summary>
    public PeerInfo? Describe(PeerId peer)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(peer, out PeerEntry? entry) ? Describe(entry) : null;
        }
    }

    /// <summary>Notes what Identify told; <paramref name="update"/> turns the last known into the new.</summary>
    public void SetIdentity(PeerId peer, Func<PeerIdentity?, PeerIdentity> update)
    {
        lock (_gate)
        {
            if (_peers.TryGetValue(peer, out PeerEntry? entry))
            {
                entry.Identity = update(entry.Identity);
                PeerInfo info = Describe(entry);
                _events.Writer.TryWrite(() => PeerIdentified?.Invoke(info));
            }
        }
    }

    /// <summary>Whether this is a second connection that neither side prefers.</summary>
    public bool IsSurplus(PeerConnection connection)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(connection.Peer, out PeerEntry? entry)
                && entry.Connections.Count > 1
                && entry.Preferred(_local) != connection;
        }
    }

    /// <summary>Takes no more connections and gives those that stand.</summary>
    public IReadOnlyList<PeerConnection> Close()
    {
        lock (_gate)
        {
            _closed = true;
            return Connections;
        }
    }

    /// <summary>Raises events until <see cref="EndEvents"/>.</summary>
    public async Task RaiseEventsAsync(Action<Exception> onHandlerFailure)
    {
        await foreach (Action raise in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                raise();
            }
            catch (Exception e)
            {
                // One listener's mistake must not silence the events for the others.
                onHandlerFailure(e);
            }
        }
    }

    /// <summary>No events come after those already queued.</summary>
    public void EndEvents() => _events.Writer.TryComplete();

    private PeerInfo Describe(PeerEntry entry)
    {
        PeerConnection preferred = entry.Preferred(_local);
        return new PeerInfo(entry.Id, preferred.Direction, preferred.RemoteAddress, entry.Connections.Count, entry.Identity);
    }
}
