using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Consensus.Votes;

namespace Aeamc.P2P.Blocks;

/// <summary>Light clients' port to the committee: a finalization is a quorum's for that very header.</summary>
public sealed class FinalizationVerifier(MessageVerifier verifier) : IFinalizationVerifier
{
    public bool Verify(MicroblockHeader header, ReadOnlySpan<byte> certificate) =>
        ConsensusMessageCodec.TryDecode(certificate, out ConsensusMessage? message) && message is Certificate { Kind: VoteKind.Finalize } finalization
        && finalization.Block.Hash == header.ComputeHash() && finalization.Block.Height == header.Height
        && verifier.Verify(finalization, out _) == VerificationResult.Valid;
}
