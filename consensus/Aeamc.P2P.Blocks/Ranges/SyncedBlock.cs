using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Blocks;

/// <summary>A finalized block as a peer sent it, with its batches resolved and matched to the payload.</summary>
/// <param name="Content">Header and payload.</param>
/// <param name="Batches">The payload's batches, in its order.</param>
/// <param name="Entries">Their entries.</param>
/// <param name="Finalization">The block's own finalization, verified; null when it is final through a descendant's.</param>
public sealed record SyncedBlock(
    BlockContent Content, IReadOnlyList<Batch> Batches, IReadOnlyList<BlockEntry> Entries, Certificate? Finalization);
