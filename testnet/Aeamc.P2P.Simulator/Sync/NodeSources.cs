using Aeamc.P2P.Blocks;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Sync;

/// <summary>All other members as sources, with the standing that this node remembers of them since its start.</summary>
public sealed class NodeSources(Simulation simulation, SimulatedNode node) : ISyncSources
{
    private const long Demotion = 2_000;

    private readonly SourceStandings _standings = new(simulation.Committee.Count, Demotion);

    /// <summary>Milliseconds of the node's monotonic clock.</summary>
    public long Now => simulation.Clock.Now / 1000;

    /// <summary>The other members, the best first.</summary>
    public IReadOnlyList<NodeIndex> Order() => _standings.Order(IsOther, [], Now);

    public NodeIndex? Take(IReadOnlySet<NodeIndex> tried, IReadOnlyList<NodeIndex> likely, out bool exhausted) =>
        _standings.Take(IsOther, tried, likely, Now, out exhausted);

    public void Return(NodeIndex source, bool? served) => _standings.Return(source, served);

    public void Lied(NodeIndex source, string reason)
    {
        simulation.Checks.OnLieFound(node, source, reason);
        _standings.Lied(source, reason, Now);
    }

    private bool IsOther(NodeIndex member) => member != node.Index;
}
