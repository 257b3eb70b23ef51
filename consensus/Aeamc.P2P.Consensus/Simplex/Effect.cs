using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>
/// What the core wants done. The host takes the effects of all inputs of one turn in order and does them in three passes:
/// (1) write every <see cref="Append"/> record, and for every <see cref="SignVote"/> ask the <see cref="VoteGuard"/> and write its
/// <see cref="WalRecord.Voted"/> record, telling the guard of every <see cref="Finalized"/> on the way; (2) one fsync of the log, then,
/// when it rose, write and sync the watermark (in this order: a watermark ahead of the log means a restored database and silences the
/// node); (3) everything else in order, signing included. So nothing leaves the node that a restarted node would not remember. Answers
/// come back as inputs of a later turn.
/// </summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Write this record to the write-ahead log before anything of this turn is sent.</summary>
    public sealed record Append(WalRecord Record) : Effect;

    /// <summary>
    /// Guard, record, fsync, then sign the statement; feed the vote back through the verifier as <see cref="Input.VoteReceived"/>, and
    /// send it to all members if <paramref name="Send"/> (a leader's own Notarize travels inside its proposal instead).
    /// A guard that refuses means the core is wrong: halt.
    /// </summary>
    public sealed record SignVote(Statement Statement, bool Send) : Effect;

    /// <summary>Send to every other member.</summary>
    public sealed record Broadcast(ConsensusMessage Message) : Effect;

    /// <summary>Send to one member: a certificate it asked for, or a request. May be dropped; the core asks again.</summary>
    public sealed record SendTo(NodeId Peer, ConsensusMessage Message) : Effect;

    /// <summary>Answer with <see cref="Input.TimerFired"/> after this many milliseconds of a monotonic clock (0: in the next turn). Replaces the timer of that kind.</summary>
    public sealed record SetTimer(TimerKind Kind, View View, int Milliseconds) : Effect;

    /// <summary>Forget the timer of that kind.</summary>
    public sealed record CancelTimer(TimerKind Kind) : Effect;

    /// <summary>
    /// This node leads: build a block on <paramref name="Parent"/>, at once when entries wait, else when some come or after the idle
    /// interval. Answer <see cref="Input.ProposalBuilt"/> or <see cref="Input.BuildFailed"/>. A later <see cref="EnteredView"/> withdraws it.
    /// </summary>
    public sealed record BuildProposal(View View, BlockRef Parent) : Effect;

    /// <summary>
    /// Rule 3: check header, timestamp, limits and that all batches are here (fetch what is not from the leader). Answer
    /// <see cref="Input.ProposalVerified"/>; no answer while pending. A later <see cref="EnteredView"/> withdraws it. Store the content:
    /// the block may be notarized.
    /// </summary>
    public sealed record VerifyProposal(Proposal Proposal, BlockRef Parent) : Effect;

    /// <summary>
    /// Rule 5: get the whole block (from <paramref name="Notarization"/>'s signers when it is not here) and check every signature in it.
    /// Answer <see cref="Input.CertifyDecided"/>; no answer while pending.
    /// </summary>
    public sealed record Certify(Certificate Notarization) : Effect;

    /// <summary>Rule 6: the decisions for views up to and including this one are no longer wanted: a finalization stands there.</summary>
    public sealed record AbandonCertify(View Through) : Effect;

    /// <summary>
    /// Rule 9: these blocks are final, oldest first, the last one is <paramref name="Finalization"/>'s. Tell the
    /// <see cref="VoteGuard"/>, fetch what is missing, apply in order. When the first one's parent is not the block committed last
    /// (this node slept), the host first fetches the ancestors by parent hash. After a restart the same blocks may come again.
    /// </summary>
    public sealed record Finalized(Certificate Finalization, IReadOnlyList<BlockRef> Blocks) : Effect;

    /// <summary>A member's misconduct, provable to anyone; put it into the ledger. At most once per member, kind and view.</summary>
    public sealed record ReportEvidence(EquivocationEvidence Evidence) : Effect;

    /// <summary>This node nullified a view, for metrics and logs.</summary>
    public sealed record ReportNullified(View View, NullifyReason Reason) : Effect;

    /// <summary>A view has begun here, for metrics and logs, and to withdraw pending builds and verifications of older views.</summary>
    public sealed record EnteredView(View View, NodeIndex Leader) : Effect;

    /// <summary>
    /// Stop the node, exit code not 0, and say why. The core answers nothing any more. With <paramref name="Unknown"/>, our own vote that we do not
    /// remember, the host first raises the signer watermark to it.
    /// </summary>
    public sealed record Halt(HaltReason Reason, string Detail, Statement? Unknown = null) : Effect;
}
