using Aeamc.P2P.Blocks;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Sync;

/// <summary>
/// How each member has served as a source. One that gave a provably false answer is demoted, by name, and asked only when no other has what is
/// wanted; one that is silent comes after those that answer. Nobody is shut out for good: a member that lied yesterday may be the last one to have a block.
/// Safe to use from any thread; bounded by the committee.
/// </summary>
public sealed class SyncSources(ILibp2pHost host, ChainContext context, Action<NodeId, string> onDemoted)
{
    /// <summary>Requests to one source at once.</summary>
    public const int MaximumInFlight = 2;

    private const int MaximumStrikes = 8;

    private static readonly TimeSpan Demotion = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, Standing> _standings = [];
    private readonly SortedDictionary<string, long> _lies = new(StringComparer.Ordinal);

    /// <summary>False answers, by reason.</summary>
    public IReadOnlyDictionary<string, long> Lies
    {
        get
        {
            lock (_gate)
            {
                return new SortedDictionary<string, long>(_lies, StringComparer.Ordinal);
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
                return [.. context.Committee.Members.Where(member => IsDemoted(Of(PeerId.FromNodeId(member))))];
            }
        }
    }

    /// <summary>Every connected member: those that answer well first, the likely ones first among equals.</summary>
    public List<PeerId> Order(IReadOnlyList<NodeId> likely)
    {
        var connected = host.Peers.Select(peer => peer.Id).ToHashSet();
        lock (_gate)
        {
            // The sort is stable, so among equals the order of asking stands.
            return [.. likely.Concat(context.Committee.Members).Distinct().Select(PeerId.FromNodeId)
                .Where(connected.Contains)
                .OrderBy(peer => IsDemoted(Of(peer)))
                .ThenBy(peer => Of(peer).Strikes)];
        }
    }

    /// <summary>Takes the best source that is not among <paramref name="tried"/> and has a request to spare; null when there is none now.</summary>
    /// <param name="tried">Sources that have failed at this very thing.</param>
    /// <param name="likely">Those that are known to have it.</param>
    /// <param name="exhausted">Every connected source has been tried: waiting for one to become free is of no use.</param>
    public PeerId? Take(IReadOnlySet<PeerId> tried, IReadOnlyList<NodeId> likely, out bool exhausted)
    {
        List<PeerId> untried = [.. Order(likely).Where(peer => !tried.Contains(peer))];
        exhausted = untried.Count == 0;
        lock (_gate)
        {
            // A demoted source is not taken just because the good ones are busy.
            bool good = untried.Exists(peer => !IsDemoted(Of(peer)));
            Standing? best = untried.Select(Of)
                .Where(standing => standing.InFlight < (standing.Strikes == 0 ? MaximumInFlight : 1) && !(good && IsDemoted(standing)))
                .OrderBy(standing => standing.Strikes)
                .ThenBy(standing => standing.InFlight)
                .FirstOrDefault();
            if (best is null)
            {
                return null;
            }

            best.InFlight++;
            return best.Peer;
        }
    }

    /// <summary>Gives back what <see cref="Take"/> took, and says how it went; null for an answer that is neither good nor false.</summary>
    public void Return(PeerId peer, bool? served)
    {
        lock (_gate)
        {
            Standing standing = Of(peer);
            standing.InFlight--;
            standing.Strikes = served switch
            {
                true => Math.Max(0, standing.Strikes - 1),
                false => Math.Min(MaximumStrikes, standing.Strikes + 1),
                null => standing.Strikes,
            };
        }
    }

    /// <summary>The source gave an answer that disproves itself.</summary>
    public void Lied(PeerId peer, string reason)
    {
        NodeId? named = null;
        lock (_gate)
        {
            Standing standing = Of(peer);
            _lies[reason] = _lies.GetValueOrDefault(reason) + 1;
            if (!IsDemoted(standing))
            {
                named = context.Committee.Members.Where(member => PeerId.FromNodeId(member) == peer).Select(member => (NodeId?)member).FirstOrDefault();
            }

            standing.DemotedSince = host.Time.GetTimestamp();
        }

        if (named is { } name)
        {
            onDemoted(name, reason);
        }
    }

    private bool IsDemoted(Standing standing) => standing.DemotedSince is { } since && host.Time.GetElapsedTime(since) < Demotion;

    private Standing Of(PeerId peer)
    {
        if (!_standings.TryGetValue(peer, out Standing? standing))
        {
            _standings.Add(peer, standing = new Standing(peer));
        }

        return standing;
    }

    private sealed class Standing(PeerId peer)
    {
        public PeerId Peer { get; } = peer;

        public int InFlight { get; set; }

        public int Strikes { get; set; }

        public long? DemotedSince { get; set; }
    }
}
