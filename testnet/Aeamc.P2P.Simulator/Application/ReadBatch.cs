using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>A batch whose form and author are good, and what its bytes alone decide; found once for all nodes.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Entries">Its entries; empty when one does not decode.</param>
/// <param name="IsValid">Whether all decode and are signed by the keys that they name.</param>
public sealed record ReadBatch(Batch Batch, IReadOnlyList<BlockEntry> Entries, bool IsValid);
