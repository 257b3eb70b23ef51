using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>Everything that can happen to the core. Inputs may come late, twice or for views long gone: such are ignored.</summary>
public abstract record Input
{
    private Input()
    {
    }

    /// <summary>First input after construction, once: enters the recovered view and sets its timers.</summary>
    public sealed record Start : Input;

    /// <summary>A timer set by <see cref="Effect.SetTimer"/> has run out. One replaced or cancelled in the meantime does no harm.</summary>
    public sealed record TimerFired(TimerKind Kind, View View) : Input;

    /// <summary>A leader's proposal.</summary>
    public sealed record ProposalReceived(Verified<Proposal> Proposal) : Input;

    /// <summary>A vote, a peer's or our own just signed for <see cref="Effect.SignVote"/>.</summary>
    public sealed record VoteReceived(Verified<Vote> Vote) : Input;

    /// <summary>
    /// A member was heard over its own authenticated connection with a vote that tells nothing new (<see cref="SimplexCore.Knows"/>) and was
    /// therefore not verified. It counts for rule 1 only: a member whose votes always come after the quorum's is slow, not silent.
    /// </summary>
    public sealed record MemberHeard(NodeIndex Member, View View) : Input;

    /// <summary>A certificate, broadcast by a peer or in answer to a request.</summary>
    public sealed record CertificateReceived(Verified<Certificate> Certificate) : Input;

    /// <summary>Answer to <see cref="Effect.BuildProposal"/>: a valid block on the parent that was asked for.</summary>
    public sealed record ProposalBuilt(BlockRef Block, ReadOnlyMemory<byte> Content) : Input;

    /// <summary>Answer to <see cref="Effect.BuildProposal"/>: no block can be built.</summary>
    public sealed record BuildFailed(View View) : Input;

    /// <summary>Answer to <see cref="Effect.VerifyProposal"/>.</summary>
    public sealed record ProposalVerified(View View, Hash256 Hash, bool Valid) : Input;

    /// <summary>Answer to <see cref="Effect.Certify"/>. False means permanently invalid on every honest node; pending is no answer yet.</summary>
    public sealed record CertifyDecided(View View, Hash256 Hash, bool Valid) : Input;

    /// <summary>
    /// Whether entries wait at this node that no proposal of the current chain contains. Given at every change. While true the node
    /// expects its leaders to propose at once; false again once a proposal it knows of carries them.
    /// </summary>
    public sealed record WorkWaiting(bool Any) : Input;

    /// <summary>
    /// Members whose equivocation in this epoch stands in a finalized block, all of them or those that came since. Given at every change, and after a
    /// start. Which block a node has reached differs, so this moves timers and own Nullify votes only, never what is valid.
    /// </summary>
    public sealed record MembersConvicted(IReadOnlyList<NodeIndex> Members) : Input;

    /// <summary>A peer asks for certificates.</summary>
    public sealed record CertificatesRequested(NodeId From, CertificatesRequest Request) : Input;
}
