using Aeamc.P2P.Mutations.List;

namespace Aeamc.P2P.Mutations;

/// <summary>All mutations, in the order of the table. A guard that is added to the code is added here.</summary>
internal static class MutationList
{
    internal static IReadOnlyList<Mutation> All { get; } =
    [
        .. ViewMutations.List, .. ProposalMutations.List, .. VotingMutations.List, .. CertificateMutations.List, .. RelayMutations.List,
        .. GuardMutations.List, .. RecoveryMutations.List, .. VerificationMutations.List, .. EvidenceMutations.List, .. ConvictionMutations.List, .. LogMutations.List,
        .. LoopMutations.List, .. StoreMutations.List, .. NodeEvidenceMutations.List, .. LedgerMutations.List, .. BlockMutations.List, .. RangeMutations.List,
        .. ThresholdMutations.List,
    ];
}
