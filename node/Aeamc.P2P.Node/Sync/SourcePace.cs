using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Sync;

/// <summary>
/// How soon a source is asked again: a member that hands out blocks takes votes in on the same cores, so it has a rest after each answer. Two questions may be under way to one source
/// (<c>SourceStandings.MaximumInFlight</c>), and then wait for the same rest. With more sources catching up is faster, and costs each of them the same. Used by one thread.
/// </summary>
/// <param name="rest">Time between an answer and the next question to the same source.</param>
/// <param name="time">The clock.</param>
public sealed class SourcePace(TimeSpan rest, TimeProvider time)
{
    private readonly Dictionary<NodeIndex, long> _answered = [];

    /// <summary>A source has answered.</summary>
    public void Answered(NodeIndex source) => _answered[source] = time.GetTimestamp();

    /// <summary>What is left of a source's rest.</summary>
    public TimeSpan PauseOf(NodeIndex source)
    {
        TimeSpan left = _answered.TryGetValue(source, out long answered) ? rest - time.GetElapsedTime(answered) : TimeSpan.Zero;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
