using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Blocks;

/// <summary>A batch's entries as the ledger takes them.</summary>
public static class BatchEntries
{
    /// <summary>Decodes a batch's entries; null when one is malformed, or no block could hold the batch.</summary>
    public static List<BlockEntry>? Decode(ChainContext context, Batch batch)
    {
        var entries = new List<BlockEntry>(batch.Entries.Count);
        foreach (BatchEntry entry in batch.Entries)
        {
            if (!context.Decoder.TryDecode(new LedgerEntry((EntryKind)entry.Kind, entry.Bytes), out DecodedEntry? decoded))
            {
                return null;
            }

            entries.Add(new BlockEntry(decoded, batch.Author));
        }

        // No block could hold it.
        return BlockRules.EvidenceIn(entries) > EvidenceRules.MaximumPerBlock ? null : entries;
    }
}
