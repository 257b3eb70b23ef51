using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// Which blocks are checkpointed, and what their checkpoint says: a pure function of the finalized chain, so every member that asks for a
/// signature and every member that gives one mean the same bytes (ADR 0008).
/// </summary>
public static class CheckpointRule
{
    /// <summary>A block is due when it is the first of its interval of chain time.</summary>
    public static bool IsDue(Timestamp parent, Timestamp block, NetworkParameters parameters) =>
        block.Milliseconds / parameters.CheckpointIntervalMs > parent.Milliseconds / parameters.CheckpointIntervalMs;

    /// <summary>Whether a finalized height is due; false when the chain is not that far or does not go back there.</summary>
    /// <param name="height">The height.</param>
    /// <param name="genesis">The network.</param>
    /// <param name="head">The chain's head.</param>
    /// <param name="headers">Headers below it; null for those that are not kept.</param>
    public static bool IsDue(Height height, GenesisDocument genesis, FinalizedHead head, Func<Height, MicroblockHeader?> headers) =>
        height != Height.Zero && height <= head.Height
        && (height == new Height(1) ? genesis.Start : headers(new Height(height.Value - 1))?.Timestamp) is { } parent
        && (height == head.Height ? head.Timestamp : headers(height)?.Timestamp) is { } block
        && IsDue(parent, block, head.State.Parameters);

    /// <summary>The checkpoint of a finalized height; null when the chain is not that far or does not go back there.</summary>
    public static Checkpoint? At(Height height, GenesisDocument genesis, FinalizedHead head, Func<Height, MicroblockHeader?> headers)
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
        return headers(height) is { } header && headers(height.Next) is { } next
            ? Make(genesis, header, next.PreviousHash, next.ChainRoot, next.StateRoot)
            : null;
    }

    private static Checkpoint Make(GenesisDocument genesis, MicroblockHeader header, Hash256 hash, Hash256 chainRoot, Hash256 stateRoot) =>
        new(genesis.NetworkId, genesis.ClusterId, header.Epoch, header.Height, hash, chainRoot, stateRoot);
}
