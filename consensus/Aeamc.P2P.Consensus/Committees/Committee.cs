using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Committees;

/// <summary>
/// The voters of one epoch, in a fixed order. A <see cref="NodeIndex"/> is a place in this order; it means nothing without the epoch.
/// Immutable.
/// </summary>
public sealed class Committee
{
    /// <summary>The largest committee that the wire types can carry.</summary>
    public const int MaximumSize = 1024;

    private readonly NodeId[] _members;
    private readonly Dictionary<NodeId, NodeIndex> _places;

    /// <summary>Takes the members in their order.</summary>
    /// <exception cref="ArgumentException">No member, more than <see cref="MaximumSize"/>, or one key twice.</exception>
    public Committee(IReadOnlyList<NodeId> members)
    {
        if (members.Count is 0 or > MaximumSize)
        {
            throw new ArgumentException($"A committee has 1..{MaximumSize} members, not {members.Count}.", nameof(members));
        }

        _members = new NodeId[members.Count];
        _places = new Dictionary<NodeId, NodeIndex>(members.Count);
        for (int i = 0; i < members.Count; i++)
        {
            _members[i] = members[i];
            if (!_places.TryAdd(members[i], new NodeIndex((ushort)i)))
            {
                throw new ArgumentException($"The committee names {members[i]} twice.", nameof(members));
            }
        }
    }

    /// <summary>Number of members, n.</summary>
    public int Count => _members.Length;

    /// <summary>How many members may be byzantine: f = floor((n - 1) / 3).</summary>
    public int MaximumFaulty => (Count - 1) / 3;

    /// <summary>Votes that make a certificate: q = n - f. Two quorums share at least f + 1 members for every n, so at least one honest one.</summary>
    public int Quorum => Count - MaximumFaulty;

    /// <summary>The members in order.</summary>
    public IReadOnlyList<NodeId> Members => _members;

    /// <summary>The key at a place that <see cref="Contains"/>.</summary>
    public NodeId this[NodeIndex index] => _members[index.Value];

    /// <summary>Whether the place exists.</summary>
    public bool Contains(NodeIndex index) => index.Value < _members.Length;

    /// <summary>The place of a key; false when it is not a member.</summary>
    public bool TryIndexOf(NodeId id, out NodeIndex index) => _places.TryGetValue(id, out index);
}
