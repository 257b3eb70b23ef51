using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>Port: the members that can be asked now, each with its standing (<see cref="SourceStandings"/>).</summary>
public interface ISyncSources
{
    /// <summary>Takes the best source that is not among <paramref name="tried"/> and has a request to spare; null when there is none now.</summary>
    /// <param name="tried">Sources that have failed at this very thing.</param>
    /// <param name="likely">Those that are known to have it.</param>
    /// <param name="exhausted">Every connected source has been tried: waiting for one to become free is of no use.</param>
    NodeIndex? Take(IReadOnlySet<NodeIndex> tried, IReadOnlyList<NodeIndex> likely, out bool exhausted);

    /// <summary>Gives back what <see cref="Take"/> took, and says how it went; null for an answer that is neither good nor false.</summary>
    void Return(NodeIndex source, bool? served);

    /// <summary>The source gave an answer that disproves itself.</summary>
    void Lied(NodeIndex source, string reason);
}
