using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Votes;

/// <summary>What nodes say to one another to agree. Encoded by <see cref="ConsensusMessageCodec"/>.</summary>
public abstract record ConsensusMessage
{
    private protected ConsensusMessage()
    {
    }

    /// <summary>The epoch it belongs to.</summary>
    public abstract Epoch Epoch { get; }
}

/// <summary>One member's signed statement.</summary>
/// <param name="Statement">What is signed.</param>
/// <param name="Voter">The signer's place in the epoch's committee.</param>
/// <param name="Signature">Over <see cref="SigningDomain.WriteMessage"/>.</param>
public sealed record Vote(Statement Statement, NodeIndex Voter, VoteSignature Signature) : ConsensusMessage
{
    public override Epoch Epoch => Statement.Epoch;
}

/// <summary>A leader's block: what it is, the bytes that others need to check it, and the leader's own Notarize vote.</summary>
/// <param name="Notarize">The leader's Notarize of the block; its signature is the proposal's.</param>
/// <param name="Content">Header and batch hashes, opaque here; bound to the block's hash by <see cref="IProposalContent"/>.</param>
public sealed record Proposal(Vote Notarize, ReadOnlyMemory<byte> Content) : ConsensusMessage
{
    public override Epoch Epoch => Notarize.Epoch;

    /// <summary>The block proposed.</summary>
    public BlockRef Block => Notarize.Statement.Block;

    /// <summary>The view it is proposed in.</summary>
    public View View => Notarize.Statement.View;

    /// <summary>Who proposes.</summary>
    public NodeIndex Leader => Notarize.Voter;
}

/// <summary>
/// A quorum's signatures over one statement: notarization (Notarize), nullification (Nullify) or finalization (Finalize). Verifiable
/// alone, given the epoch's committee and domain.
/// </summary>
/// <param name="Statement">What the quorum signed.</param>
/// <param name="Signers">Who signed.</param>
/// <param name="Signatures">64 bytes for each signer, in committee order.</param>
public sealed record Certificate(Statement Statement, SignerBitmap Signers, ReadOnlyMemory<byte> Signatures) : ConsensusMessage
{
    public override Epoch Epoch => Statement.Epoch;

    /// <summary>Notarize for a notarization, Nullify for a nullification, Finalize for a finalization.</summary>
    public VoteKind Kind => Statement.Kind;

    /// <summary>The view certified.</summary>
    public View View => Statement.View;

    /// <summary>The block certified; default for a nullification.</summary>
    public BlockRef Block => Statement.Block;

    /// <summary>The vote that a member's signature in here is; null when it did not sign. Only for a certificate whose bitmap fits its signatures.</summary>
    public Vote? VoteOf(NodeIndex member) =>
        Signers.Contains(member) ? new Vote(Statement, member, new VoteSignature(Signatures.Span.Slice(Signers.CountBelow(member) * VoteSignature.Size, VoteSignature.Size))) : null;
}

/// <summary>"Send me the certificates you hold for these views." Answered with at most <see cref="MaximumViews"/> views' certificates.</summary>
/// <param name="Of">The epoch.</param>
/// <param name="From">First view wanted.</param>
/// <param name="To">Last view wanted, not before <paramref name="From"/> and fewer than <see cref="MaximumViews"/> after it.</param>
public sealed record CertificatesRequest(Epoch Of, View From, View To) : ConsensusMessage
{
    /// <summary>Most views one request may span.</summary>
    public const int MaximumViews = 64;

    public override Epoch Epoch => Of;
}
