using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks.Tests.Sync;

/// <summary>Sources with their standings, all connected, and what was said of them.</summary>
internal sealed class ScriptedSources(int members) : ISyncSources
{
    private readonly SourceStandings _standings = new(members, demotion: 1_000);
    private readonly int[] _taken = new int[members];

    public List<string> Lies { get; } = [];

    /// <summary>Requests taken and not given back.</summary>
    public int Out => _taken.Sum();

    public NodeIndex? Take(IReadOnlySet<NodeIndex> tried, IReadOnlyList<NodeIndex> likely, out bool exhausted)
    {
        NodeIndex? taken = _standings.Take(_ => true, tried, likely, 0, out exhausted);
        if (taken is { } source)
        {
            _taken[source.Value]++;
        }

        return taken;
    }

    public void Return(NodeIndex source, bool? served)
    {
        _taken[source.Value]--;
        _standings.Return(source, served);
    }

    public void Lied(NodeIndex source, string reason)
    {
        _standings.Lied(source, reason, 0);
        Lies.Add($"{source}: {reason}");
    }
}
