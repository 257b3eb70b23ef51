using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Votes;

/// <summary>
/// The only maker of <see cref="Verified{T}"/>. Holds no mutable state: one instance serves all verification workers of an epoch.
/// </summary>
public sealed class MessageVerifier(
    SigningDomain domain,
    Committee committee,
    LeaderSchedule leaders,
    ISignatureVerifier signatures,
    IProposalContent content)
{
    /// <summary>The domain whose votes it accepts.</summary>
    public SigningDomain Domain => domain;

    /// <summary>The committee whose votes it accepts.</summary>
    public Committee Committee => committee;

    /// <summary>Checks epoch, voter, shape and signature of a vote.</summary>
    public VerificationResult Verify(Vote vote, out Verified<Vote>? verified)
    {
        verified = null;
        VerificationResult result = Check(vote);
        if (result == VerificationResult.Valid)
        {
            verified = new Verified<Vote>(vote);
        }

        return result;
    }

    /// <summary>
    /// A vote that this node has just signed itself. Its signature is not checked again: between a vote and the next one's quorum there is no time to lose, and
    /// what there is to be sure of is that the key is the voter's.
    /// </summary>
    /// <param name="vote">The vote.</param>
    /// <param name="key">The public half of the key that signed it.</param>
    /// <exception cref="InvariantException">The vote is of no form that anybody may send, or the key is not its voter's: this node must not go on.</exception>
    public Verified<Vote> Own(Vote vote, NodeId key)
    {
        Invariant.Check(Shape(vote.Statement) == VerificationResult.Valid);
        Invariant.Check(committee.Contains(vote.Voter));
        Invariant.Check(committee[vote.Voter] == key);
        return new Verified<Vote>(vote);
    }

    /// <summary>Checks that the proposer leads the view, that the content is the block's, then its vote.</summary>
    public VerificationResult Verify(Proposal proposal, out Verified<Proposal>? verified)
    {
        verified = null;
        Statement statement = proposal.Notarize.Statement;
        if (statement.Kind != VoteKind.Notarize || statement.View == View.Zero)
        {
            return VerificationResult.Malformed;
        }

        if (statement.Epoch != domain.Epoch)
        {
            return VerificationResult.WrongEpoch;
        }

        if (leaders.LeaderOf(statement.View) != proposal.Leader)
        {
            return VerificationResult.NotTheLeader;
        }

        // The signature before the content: what is signed by the leader but does not match is still no valid message of anyone.
        VerificationResult result = Check(proposal.Notarize);
        if (result != VerificationResult.Valid)
        {
            return result;
        }

        if (!content.Matches(proposal.Block, proposal.Content.Span))
        {
            return VerificationResult.ContentMismatch;
        }

        verified = new Verified<Proposal>(proposal);
        return VerificationResult.Valid;
    }

    /// <summary>Checks epoch, shape, bitmap, quorum and all signatures of a certificate.</summary>
    public VerificationResult Verify(Certificate certificate, out Verified<Certificate>? verified)
    {
        verified = null;
        VerificationResult result = Shape(certificate.Statement);
        if (result != VerificationResult.Valid)
        {
            return result;
        }

        int count = certificate.Signers.Count;
        if (!certificate.Signers.FitsCommittee(committee.Count) || certificate.Signatures.Length != count * VoteSignature.Size)
        {
            return VerificationResult.BadBitmap;
        }

        if (count < committee.Quorum)
        {
            return VerificationResult.NoQuorum;
        }

        // At most Committee.MaximumSize * 32 bytes, and only after the bitmap was found to fit the committee.
        var keys = new NodeId[count];
        int next = 0;
        for (int i = 0; i < committee.Count; i++)
        {
            var member = new NodeIndex((ushort)i);
            if (certificate.Signers.Contains(member))
            {
                keys[next++] = committee[member];
            }
        }

        Span<byte> buffer = stackalloc byte[SigningDomain.MaximumMessageSize];
        ReadOnlySpan<byte> message = buffer[..domain.WriteMessage(certificate.Statement, buffer)];
        if (!signatures.VerifyAll(keys, message, certificate.Signatures.Span))
        {
            return VerificationResult.BadSignature;
        }

        verified = new Verified<Certificate>(certificate);
        return VerificationResult.Valid;
    }

    private VerificationResult Check(Vote vote)
    {
        VerificationResult result = Shape(vote.Statement);
        if (result != VerificationResult.Valid)
        {
            return result;
        }

        if (!committee.Contains(vote.Voter))
        {
            return VerificationResult.UnknownVoter;
        }

        Span<byte> buffer = stackalloc byte[SigningDomain.MaximumMessageSize];
        ReadOnlySpan<byte> message = buffer[..domain.WriteMessage(vote.Statement, buffer)];
        Span<byte> signature = stackalloc byte[VoteSignature.Size];
        vote.Signature.CopyTo(signature);
        return signatures.Verify(committee[vote.Voter], message, signature)
            ? VerificationResult.Valid
            : VerificationResult.BadSignature;
    }

    private VerificationResult Shape(in Statement statement)
    {
        if (statement.Epoch != domain.Epoch)
        {
            return VerificationResult.WrongEpoch;
        }

        // The last view is refused so that "the next view" always exists.
        bool sound = statement.View > View.Zero && statement.View.Value < ulong.MaxValue;
        if (sound && statement.HasBlock)
        {
            BlockRef block = statement.Block;
            sound = block.View == statement.View && block.ParentView < block.View
                && block.Height.Value is > 0 and < ulong.MaxValue && block.Hash != Hash256.Zero;
        }

        return sound ? VerificationResult.Valid : VerificationResult.Malformed;
    }
}
