using Aeamc.P2P.Blocks;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Sync;

/// <summary>The connected members as sources, each with its <see cref="SourceStandings"/>. Safe to use from any thread.</summary>
public sealed class SyncSources : ISyncSources
{
    private static readonly TimeSpan Demotion = TimeSpan.FromMinutes(10);

    private readonly ILibp2pHost _host;
    private readonly ChainContext _context;
    private readonly Action<NodeId, string> _onDemoted;
    private readonly Lock _gate = new();
    private readonly SourceStandings _standings;
    private readonly PeerId[] _peers;
    private readonly Dictionary<PeerId, NodeIndex> _members = [];

    public SyncSources(ILibp2pHost host, ChainContext context, Action<NodeId, string> onDemoted)
    {
        _host = host;
        _context = context;
        _onDemoted = onDemoted;
        _standings = new SourceStandings(context.Committee.Count, (long)Demotion.TotalMilliseconds);
        _peers = [.. context.Committee.Members.Select(PeerId.FromNodeId)];
        for (ushort i = 0; i < _peers.Length; i++)
        {
            _members.Add(_peers[i], new NodeIndex(i));
        }
    }

    /// <summary>Milliseconds of the host's monotonic clock.</summary>
    public long Now => (long)_host.Time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>False answers, by reason.</summary>
    public IReadOnlyDictionary<string, long> Lies
    {
        get
        {
            lock (_gate)
            {
                return _standings.Lies;
            }
        }
    }

    /// <summary>Members that are demoted now.</summary>
    public IReadOnlyList<NodeId> Demoted
    {
        get
        {
            lock (_gate)
            {
                return [.. _members.Values.Order().Where(member => _standings.IsDemoted(member, Now)).Select(member => _context.Committee[member])];
            }
        }
    }

    /// <summary>A member as a peer.</summary>
    public PeerId PeerOf(NodeIndex member) => _peers[member.Value];

    /// <summary>Members by their place in the committee; others are left out.</summary>
    public IReadOnlyList<NodeIndex> IndicesOf(IReadOnlyList<NodeId> members)
    {
        var found = new List<NodeIndex>(members.Count);
        foreach (NodeId member in members)
        {
            if (_context.Committee.TryIndexOf(member, out NodeIndex index))
            {
                found.Add(index);
            }
        }

        return found;
    }

    /// <summary>Every connected member: those that answer well first, the likely ones first among equals.</summary>
    public List<PeerId> Order(IReadOnlyList<NodeId> likely)
    {
        HashSet<PeerId> connected = Connected();
        lock (_gate)
        {
            return [.. _standings.Order(member => connected.Contains(PeerOf(member)), IndicesOf(likely), Now).Select(PeerOf)];
        }
    }

    public NodeIndex? Take(IReadOnlySet<NodeIndex> tried, IReadOnlyList<NodeIndex> likely, out bool exhausted)
    {
        HashSet<PeerId> connected = Connected();
        lock (_gate)
        {
            return _standings.Take(member => connected.Contains(PeerOf(member)), tried, likely, Now, out exhausted);
        }
    }

    public void Return(NodeIndex source, bool? served)
    {
        lock (_gate)
        {
            _standings.Return(source, served);
        }
    }

    public void Lied(NodeIndex source, string reason)
    {
        bool fresh;
        lock (_gate)
        {
            fresh = _standings.Lied(source, reason, Now);
        }

        if (fresh)
        {
            _onDemoted(_context.Committee[source], reason);
        }
    }

    /// <summary>The same for a member as a peer.</summary>
    public void Lied(PeerId peer, string reason) => Lied(_members[peer], reason);

    private HashSet<PeerId> Connected() => [.. _host.Peers.Select(peer => peer.Id)];
}
