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
    private readonly Channel<Action> _events = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly PeerId _local;
    private readonly Libp2pLimits _limits;
    private int _connections;
    private bool _closed;

    public ConnectionTable(PeerId local, Libp2pLimits limits)
    {
        _local = local;
        _limits = limits;
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

    /// <summary>Whether another connection from this address would be within the limits; gives the limit's name if not.</summary>
    public string? RefusalFor(IPAddress remoteIp)
    {
        lock (_gate)
        {
            return _connections >= _limits.MaxConnections ? "connections"
                : _inboundByIp.GetValueOrDefault(remoteIp) >= _limits.MaxInboundPerIp ? "connections-per-ip"
                : null;
        }
    }

    /// <summary>Adds a connection; gives the name of the limit that forbids it, or null.</summary>
    public string? TryAdd(PeerConnection connection)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return "host-stopped";
            }

            if (connection.Direction == ConnectionDirection.Inbound && RefusalFor(connection.RemoteIp) is { } reason)
            {
                return reason;
            }

            if (!_peers.TryGetValue(connection.Peer, out PeerEntry? entry))
            {
                _peers[connection.Peer] = entry = new PeerEntry(connection.Peer);
            }
            else if (entry.Connections.Count >= _limits.MaxConnectionsPerPeer)
            {
                return "connections-per-peer";
            }

            entry.Connections.Add(connection);
            _connections++;
            if (connection.Direction == ConnectionDirection.Inbound)
            {
                _inboundByIp[connection.RemoteIp] = _inboundByIp.GetValueOrDefault(connection.RemoteIp) + 1;
            }

            if (entry.Connections.Count == 1)
            {
                PeerInfo info = Describe(entry);
                _events.Writer.TryWrite(() => PeerConnected?.Invoke(info));
            }

            return null;
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
                int left = _inboundByIp[connection.RemoteIp] - 1;
                if (left == 0)
                {
                    _inboundByIp.Remove(connection.RemoteIp);
                }
                else
                {
                    _inboundByIp[connection.RemoteIp] = left;
                }
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
