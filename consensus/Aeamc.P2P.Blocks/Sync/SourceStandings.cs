using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// How each member has served as a source. One that gave a provably false answer is demoted, by name, and asked only when no other has what is
/// wanted; one that is silent comes after those that answer. Nobody is shut out for good: a member that lied yesterday may be the last one to have a block.
/// Bounded by the committee. Times are milliseconds of a monotonic clock that the caller reads. Not safe for concurrent calls.
/// </summary>
/// <param name="members">Members of the committee.</param>
/// <param name="demotion">How long a false answer counts.</param>
public sealed class SourceStandings(int members, long demotion)
{
    /// <summary>Requests to one source at once.</summary>
    public const int MaximumInFlight = 2;

    private const int MaximumStrikes = 8;

    private readonly Standing[] _standings = new Standing[members];
    private readonly SortedDictionary<string, long> _lies = new(StringComparer.Ordinal);

    /// <summary>False answers, by reason.</summary>
    public IReadOnlyDictionary<string, long> Lies => new SortedDictionary<string, long>(_lies, StringComparer.Ordinal);

    /// <summary>Whether a member is demoted now.</summary>
    public bool IsDemoted(NodeIndex member, long now) => _standings[member.Value].DemotedAt is { } since && now - since < demotion;

    /// <summary>Every connected member: those that answer well first, the likely ones first among equals.</summary>
    public List<NodeIndex> Order(Func<NodeIndex, bool> isConnected, IReadOnlyList<NodeIndex> likely, long now) =>

        // The sort is stable, so among equals the order of asking stands.
        [.. likely.Concat(Enumerable.Range(0, members).Select(i => new NodeIndex((ushort)i))).Distinct()
            .Where(isConnected)
            .OrderBy(member => IsDemoted(member, now))
            .ThenBy(member => _standings[member.Value].Strikes)];

    /// <summary>As <see cref="ISyncSources.Take"/>.</summary>
    public NodeIndex? Take(Func<NodeIndex, bool> isConnected, IReadOnlySet<NodeIndex> tried, IReadOnlyList<NodeIndex> likely, long now, out bool exhausted)
    {
        List<NodeIndex> untried = [.. Order(isConnected, likely, now).Where(member => !tried.Contains(member))];
        exhausted = untried.Count == 0;

        // A demoted source is not taken just because the good ones are busy.
        bool good = untried.Exists(member => !IsDemoted(member, now));
        NodeIndex? best = untried
            .Where(member => _standings[member.Value].HasRoom && !(good && IsDemoted(member, now)))
            .OrderBy(member => _standings[member.Value].Strikes)
            .ThenBy(member => _standings[member.Value].InFlight)
            .Select(member => (NodeIndex?)member)
            .FirstOrDefault();
        if (best is { } taken)
        {
            _standings[taken.Value].InFlight++;
        }

        return best;
    }

    /// <summary>As <see cref="ISyncSources.Return"/>.</summary>
    public void Return(NodeIndex source, bool? served)
    {
        ref Standing standing = ref _standings[source.Value];
        standing.InFlight--;
        Invariant.Check(standing.InFlight >= 0);
        standing.Strikes = served switch
        {
            true => Math.Max(0, standing.Strikes - 1),
            false => Math.Min(MaximumStrikes, standing.Strikes + 1),
            null => standing.Strikes,
        };
    }

    /// <summary>Counts a false answer.</summary>
    /// <returns>Whether the source was not demoted before.</returns>
    public bool Lied(NodeIndex source, string reason, long now)
    {
        bool fresh = !IsDemoted(source, now);
        _lies[reason] = _lies.GetValueOrDefault(reason) + 1;
        _standings[source.Value].DemotedAt = now;
        return fresh;
    }

    private struct Standing
    {
        public int InFlight;
        public int Strikes;
        public long? DemotedAt;

        public readonly bool HasRoom => InFlight < (Strikes == 0 ? MaximumInFlight : 1);
    }
}
