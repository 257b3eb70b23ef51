using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Node.Chain;

/// <summary>What is known of a batch's entry signatures.</summary>
public enum BatchVerdict
{
    /// <summary>Still being checked.</summary>
    Pending,

    /// <summary>Every entry decodes and every signature verifies.</summary>
    Valid,

    /// <summary>An entry is malformed or wrongly signed: a block with this batch is invalid for ever.</summary>
    Invalid,
}

/// <summary>A batch that is stored durably at this node. Owned by the chain's thread.</summary>
public sealed class PooledBatch(Batch batch, IReadOnlyList<BlockEntry> entries)
{
    public Batch Batch { get; } = batch;

    /// <summary>The decoded entries; empty when one does not decode.</summary>
    public IReadOnlyList<BlockEntry> Entries { get; } = entries;

    public BatchVerdict Verdict { get; set; }

    /// <summary>Chain-local order of arrival, by which batches are proposed.</summary>
    public long Arrival { get; set; }
}
