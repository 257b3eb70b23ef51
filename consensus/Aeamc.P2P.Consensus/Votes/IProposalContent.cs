namespace Aeamc.P2P.Consensus.Votes;

/// <summary>
/// Port: whether a proposal's bytes are the block they claim to be. Cheap (hashes only) and without state: header hash, height, view,
/// parent hash and payload hash agree. It keeps a relay from attaching other bytes to a leader's signature, which would make us
/// nullify an honest leader's view. Everything that needs judgement belongs to <c>Effect.VerifyProposal</c>.
/// </summary>
public interface IProposalContent
{
    /// <summary>True when <paramref name="content"/> hashes to <paramref name="block"/> and repeats its fields.</summary>
    bool Matches(in BlockRef block, ReadOnlySpan<byte> content);
}
