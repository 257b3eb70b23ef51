using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>
/// Rule 14: whatever a member signed in a view, alone or inside a certificate, is held against what else it signed there; and members whose
/// equivocation stands in the ledger lead no more.
/// </summary>
public sealed partial class SimplexCore
{
    private static readonly VoteKind[] Kinds = [VoteKind.Notarize, VoteKind.Nullify, VoteKind.Finalize];

    private readonly HashSet<NodeIndex> _convicted = [];

    private void OnConvicted(IReadOnlyList<NodeIndex> members)
    {
        foreach (NodeIndex member in members)
        {
            if (_committee.Contains(member))
            {
                _convicted.Add(member);
            }
        }
    }

    /// <summary>
    /// Rules 1 and 14. More than f convicted members break the assumption under which anything is promised; none of them loses its turn then, so
    /// that a committee of which little is left still has leaders.
    /// </summary>
    private bool LosesItsTurn(NodeIndex leader) => _convicted.Count <= _committee.MaximumFaulty && _convicted.Contains(leader);

    /// <summary>Two votes of one member in one view. Does nothing when an honest member casts both.</summary>
    private void OnConflict(ViewState state, Vote earlier, Vote later)
    {
        if (!EquivocationEvidence.TryCreate(earlier, later, out EquivocationEvidence? evidence))
        {
            return;
        }

        if (evidence.Kind == EquivocationKind.TwoNotarizes && evidence.Offender == _leaders.LeaderOf(state.View))
        {
            // Rule 4: the leader proposed two blocks.
            state.LeaderEquivocated = true;
        }

        if (state.MarkReported(evidence.Offender, evidence.Kind))
        {
            _effects.Add(new Effect.ReportEvidence(evidence));
        }
    }

    /// <summary>A new vote against what the voter signed inside the certificates held of its view.</summary>
    private void HoldAgainstCertificates(ViewState state, Vote vote)
    {
        foreach (VoteKind kind in Kinds)
        {
            if (Excluding(state.CertificateOf(kind), vote.Statement)?.VoteOf(vote.Voter) is { } signed)
            {
                OnConflict(state, signed, vote);
            }
        }
    }

    /// <summary>A certificate of a peer against what its signers signed otherwise: their votes, and the other certificates of the view.</summary>
    private void HoldAgainstVotes(Certificate certificate)
    {
        if (State(certificate.View) is not { } state)
        {
            return;
        }

        foreach (VoteKind kind in Kinds)
        {
            Certificate? held = Excluding(state.CertificateOf(kind), certificate.Statement);
            for (int i = 0; i < _committee.Count; i++)
            {
                var member = new NodeIndex((ushort)i);
                Vote? earlier = state.Votes.Find(kind, member);
                earlier = earlier is not null && EquivocationEvidence.KindOf(earlier.Statement, certificate.Statement) is not null ? earlier : held?.VoteOf(member);
                if (earlier is not null && certificate.VoteOf(member) is { } later)
                {
                    OnConflict(state, earlier, later);
                }
            }
        }
    }

    /// <summary>The certificate, if no honest member signs its statement and the other one.</summary>
    private static Certificate? Excluding(Certificate? certificate, in Statement other) =>
        certificate is not null && EquivocationEvidence.KindOf(certificate.Statement, other) is not null ? certificate : null;
}
