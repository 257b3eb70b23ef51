using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>The block that a leader proposes: what the rules fix is filled in here, the rest is its choice.</summary>
public static class BlockAssembly
{
    /// <summary>Puts a block together on an executed parent.</summary>
    /// <param name="context">The network.</param>
    /// <param name="parent">The parent, executed.</param>
    /// <param name="view">The view that the proposer leads.</param>
    /// <param name="proposer">Its place in the committee.</param>
    /// <param name="now">Its clock; the block's time is later than the parent's in any case.</param>
    /// <param name="batches">Hashes of the batches, in the order of execution.</param>
    /// <param name="entries">Their entries.</param>
    /// <param name="beacon">Its proof over the parent's beacon.</param>
    public static BlockContent Assemble(
        ChainContext context,
        ChainBlock parent,
        View view,
        NodeIndex proposer,
        Timestamp now,
        IReadOnlyList<Hash256> batches,
        IReadOnlyList<BlockEntry> entries,
        BeaconProof beacon)
    {
        var payload = new BlockPayload([.. batches]);
        ExecutedBlock executed = parent.Executed!;
        var header = new MicroblockHeader
        {
            ClusterId = context.Genesis.ClusterId,
            Timestamp = now > parent.Timestamp ? now : parent.Timestamp.Plus(1),
            PayloadHash = payload.Hash,
            PreviousHash = parent.Ref.Hash,
            ReceiptCount = BlockRules.ReceiptsIn(entries),
            Height = parent.Ref.Height.Next,
            View = view,
            Epoch = context.Epoch,
            Proposer = proposer,
            EntriesRoot = BlockRules.EntriesRootOf(entries),
            StateRoot = executed.State.Root,
            ChainRoot = executed.Mountains.Root,
            Beacon = beacon,
            ParametersHash = executed.State.Parameters.Hash(),
        };
        return BlockContent.Create(header, payload);
    }
}
