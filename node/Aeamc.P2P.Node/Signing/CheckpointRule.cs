using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Signing;

/// <summary>
/// Which blocks are checkpointed, and what their checkpoint says: a pure function of the finalized chain, so every member that asks for a
/// signature and every member that gives one mean the same bytes.
/// </summary>
public static class CheckpointRule
{
    /// <summary>A block is due when it is the first of its interval of chain time.</summary>
    public static bool IsDue(Timestamp parent, Timestamp block, NetworkParameters parameters) =>
        block.Milliseconds / parameters.CheckpointIntervalMs > parent.Milliseconds / parameters.CheckpointIntervalMs;

    /// <summary>Whether a finalized height is due; false when the chain is not that far.</summary>
    public static bool IsDue(Height height, GenesisDocument genesis, FinalizedHead head, NodeStore store) =>
        height != Height.Zero && height <= head.Height
        && (height == new Height(1) ? genesis.Start : TimeOf(new Height(height.Value - 1), store)) is { } parent
        && (height == head.Height ? head.Timestamp : TimeOf(height, store)) is { } block
        && IsDue(parent, block, head.State.Parameters);

    /// <summary>The checkpoint of a finalized height; null when the chain is not that far.</summary>
    public static Checkpoint? At(Height height, GenesisDocument genesis, FinalizedHead head, NodeStore store)
    {
        if (height == Height.Zero || height > head.Height)
        {
            return null;
        }

        if (height == head.Height)
        {
            return Make(genesis, head.Header!, head.Hash, head.Mountains.Root, head.State.Root);
        }

        // The next header commits to the roots after this block.
        return store.GetHeader(height) is { } bytes && MicroblockHeader.TryDecode(bytes, out MicroblockHeader? header)
            && store.GetHeader(height.Next) is { } nextBytes && MicroblockHeader.TryDecode(nextBytes, out MicroblockHeader? next)
            ? Make(genesis, header, next.PreviousHash, next.ChainRoot, next.StateRoot)
            : null;
    }

    private static Timestamp? TimeOf(Height height, NodeStore store) =>
        store.GetHeader(height) is { } bytes && MicroblockHeader.TryDecode(bytes, out MicroblockHeader? header) ? header.Timestamp : null;

    private static Checkpoint Make(GenesisDocument genesis, MicroblockHeader header, Hash256 hash, Hash256 chainRoot, Hash256 stateRoot) =>
        new(genesis.NetworkId, genesis.ClusterId, header.Epoch, header.Height, hash, chainRoot, stateRoot);
}
