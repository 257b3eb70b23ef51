using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Votes;

/// <summary>
/// The verified votes of one view: at most one of each kind from each member, the first seen. Rows are made when the first vote of
/// their kind comes, so a quiet view costs little; at most 3n votes whatever members send.
/// </summary>
internal sealed class VoteTally(Committee committee)
{
    private readonly Row[] _rows = [new(), new(), new()];

    /// <summary>How many members have voted at all here.</summary>
    public int Voters { get; private set; }

    /// <summary>
    /// Adds a vote. False when that member's vote of that kind is here already; <paramref name="conflict"/> is then or otherwise an
    /// earlier vote which no honest member casts beside this one, or null.
    /// </summary>
    public bool TryAdd(Vote vote, out Vote? conflict)
    {
        Row row = RowOf(vote.Statement.Kind);
        row.Votes ??= new Vote?[committee.Count];
        ref Vote? place = ref row.Votes[vote.Voter.Value];
        if (place is not null)
        {
            conflict = place.Statement == vote.Statement ? null : place;
            return false;
        }

        if (!HasVoted(vote.Voter))
        {
            Voters++;
        }

        place = vote;
        row.Count(vote.Statement.Block);
        conflict = vote.Statement.Kind switch
        {
            VoteKind.Nullify => Find(VoteKind.Finalize, vote.Voter),
            VoteKind.Finalize => Find(VoteKind.Nullify, vote.Voter),
            _ => null,
        };
        return true;
    }

    /// <summary>A member's vote of a kind, if any.</summary>
    public Vote? Find(VoteKind kind, NodeIndex voter) => RowOf(kind).Votes?[voter.Value];

    /// <summary>Votes for exactly this statement.</summary>
    public int Count(in Statement statement) => RowOf(statement.Kind).CountOf(statement.Block);

    /// <summary>The certificate of a statement that has a quorum: all its votes, in committee order.</summary>
    public Certificate Assemble(in Statement statement)
    {
        Invariant.Check(Count(statement) >= committee.Quorum);
        SignerBitmap signers = SignerBitmap.Create(committee.Count);
        var signatures = new byte[Count(statement) * VoteSignature.Size];
        int next = 0;
        foreach (Vote? vote in RowOf(statement.Kind).Votes!)
        {
            if (vote is not null && vote.Statement == statement)
            {
                signers.Set(vote.Voter);
                vote.Signature.CopyTo(signatures.AsSpan(next));
                next += VoteSignature.Size;
            }
        }

        return new Certificate(statement, signers, signatures);
    }

    private bool HasVoted(NodeIndex voter)
    {
        foreach (Row row in _rows)
        {
            if (row.Votes?[voter.Value] is not null)
            {
                return true;
            }
        }

        return false;
    }

    private Row RowOf(VoteKind kind) => _rows[(int)kind - 1];

    private sealed class Row
    {
        private readonly List<(BlockRef Block, int Votes)> _counts = new(1);

        public Vote?[]? Votes { get; set; }

        public void Count(in BlockRef block)
        {
            for (int i = 0; i < _counts.Count; i++)
            {
                if (_counts[i].Block == block)
                {
                    _counts[i] = (block, _counts[i].Votes + 1);
                    return;
                }
            }

            _counts.Add((block, 1));
        }

        public int CountOf(in BlockRef block)
        {
            foreach ((BlockRef counted, int votes) in _counts)
            {
                if (counted == block)
                {
                    return votes;
                }
            }

            return 0;
        }
    }
}
