using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Node.Chain;

/// <summary>A finalized block as a peer sent it, with its batches resolved and matched to the payload.</summary>
public sealed record SyncedBlock(BlockContent Content, IReadOnlyList<Batch> Batches, IReadOnlyList<BlockEntry> Entries, Certificate? Finalization);
