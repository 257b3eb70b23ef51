using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Evidence;

/// <summary>
/// The last vote of each kind that each member sent in the newest views over its own connection. A vote for what this node has a certificate of is let
/// pass unverified, as it tells nothing new; unless its sender has said something else beside it, which is seen here. Bounded by members and views. Not safe
/// for concurrent calls.
/// </summary>
public sealed class HeardVotes(int members)
{
    /// <summary>Views remembered, ending with the highest one heard of that the node itself is near to.</summary>
    public const ulong Views = 64;

    private const int KindsOfVotes = 3;

    private readonly SortedDictionary<View, Vote?[]> _views = [];

    /// <summary>Notes a vote that came over its voter's own connection.</summary>
    /// <param name="vote">The vote, of a member of the committee; its signature need not have been checked.</param>
    /// <param name="current">The view that this node is in.</param>
    /// <returns>An earlier vote that no honest member casts beside it; null when there is none.</returns>
    public Vote? Note(Vote vote, View current)
    {
        View view = vote.Statement.View;
        if (view.Value > current.Value + 1 || view.Value + Views <= current.Value || vote.Voter.Value >= members)
        {
            return null;
        }

        if (!_views.TryGetValue(view, out Vote?[]? votes))
        {
            foreach (View old in _views.Keys.TakeWhile(old => old.Value + Views <= current.Value).ToList())
            {
                _views.Remove(old);
            }

            _views.Add(view, votes = new Vote?[members * KindsOfVotes]);
        }

        Span<Vote?> own = votes.AsSpan(vote.Voter.Value * KindsOfVotes, KindsOfVotes);
        Vote? excluded = null;
        foreach (Vote? earlier in own)
        {
            excluded ??= earlier is not null && EquivocationEvidence.KindOf(earlier.Statement, vote.Statement) is not null ? earlier : null;
        }

        own[(int)vote.Statement.Kind - 1] = vote;
        return excluded;
    }
}
