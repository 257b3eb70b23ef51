using Aeamc.P2P.Consensus.Microblocks;

namespace Aeamc.P2P.Consensus.Proofs;

/// <summary>Checks that certificate bytes finalize a block under a committee the verifier trusts. A pure function of its arguments.</summary>
public interface IFinalizationVerifier
{
    /// <summary>Whether <paramref name="certificate"/> is a canonical finalization of this very header by a quorum.</summary>
    bool Verify(MicroblockHeader header, ReadOnlySpan<byte> certificate);
}
