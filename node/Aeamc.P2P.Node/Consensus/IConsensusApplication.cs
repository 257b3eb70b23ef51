using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>What the consensus loop asks of the chain. Every call but <see cref="SyncContents"/> returns at once; answers come back as inputs.</summary>
public interface IConsensusApplication
{
    /// <summary>Whether <see cref="SyncContents"/> would have anything to do. What was proposed here or found valid before the question counts.</summary>
    bool HasUnsyncedContents { get; }

    /// <summary>
    /// Returns when the content and the batches of every block that was proposed here or found valid are on the disk: a notarized block must be recoverable from its voters. Called on another
    /// thread, before a vote for a block leaves.
    /// </summary>
    /// <exception cref="IOException">The disk refused; nothing may be sent.</exception>
    void SyncContents();

    /// <summary><see cref="Effect.BuildProposal"/>.</summary>
    void BuildProposal(View view, BlockRef parent);

    /// <summary><see cref="Effect.VerifyProposal"/>.</summary>
    void VerifyProposal(Proposal proposal, BlockRef parent);

    /// <summary><see cref="Effect.Certify"/>.</summary>
    void Certify(Certificate notarization);

    /// <summary><see cref="Effect.AbandonCertify"/>.</summary>
    void AbandonCertify(View through);

    /// <summary><see cref="Effect.Finalized"/>.</summary>
    void Finalized(Certificate finalization, IReadOnlyList<BlockRef> blocks);

    /// <summary><see cref="Effect.EnteredView"/>.</summary>
    void EnteredView(View view, NodeIndex leader);

    /// <summary><see cref="Effect.ReportEvidence"/>.</summary>
    void ReportEvidence(EquivocationEvidence evidence);
}
