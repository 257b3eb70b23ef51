namespace Aeamc.P2P.DeviceClient.Fleet;

/// <summary>The node that a phone talks to at present.</summary>
internal sealed class NodeRoute(IReadOnlyList<NodeClient> nodes, int start, FleetCounters counters)
{
    private int _current = start;

    public NodeClient Current => nodes[_current];

    /// <summary>Goes on to the next node.</summary>
    public void Move()
    {
        _current = (_current + 1) % nodes.Count;
        if (nodes.Count > 1)
        {
            counters.CountMove();
        }
    }
}
