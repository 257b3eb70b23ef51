using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>A block between proposal and finality, or the finalized head. Owned by the chain's thread.</summary>
public sealed class ChainBlock(BlockRef reference, BlockContent? content)
{
    public BlockRef Ref { get; } = reference;

    /// <summary>Header and payload; null only for genesis, whose hash is the genesis document's.</summary>
    public BlockContent? Content { get; } = content;

    /// <summary>What <see cref="BlockRules.Check"/> found; null until it was asked. It depends on the block and its ancestors only, so once is enough.</summary>
    public HeaderFault? HeaderCheck { get; set; }

    /// <summary>What execution left; null until the block is executed.</summary>
    public ExecutedBlock? Executed { get; set; }

    /// <summary>Chain time: the header's, or genesis's start.</summary>
    public required Timestamp Timestamp { get; init; }

    /// <summary>SHA-256 of the beacon's VRF output, the next block's alpha.</summary>
    public required Hash256 BeaconHash { get; init; }
}

/// <summary>A block's effect.</summary>
/// <param name="Entries">Its entries in order.</param>
/// <param name="Result">What the ledger made of them; null for genesis and for the head loaded at start.</param>
/// <param name="State">The state after it.</param>
/// <param name="Mountains">The mountain range over all block hashes up to and including this one.</param>
/// <param name="NewNodes">The subtrees that this block's hash completed.</param>
public sealed record ExecutedBlock(
    IReadOnlyList<BlockEntry> Entries,
    BlockResult? Result,
    LedgerState State,
    MerkleMountainRange Mountains,
    IReadOnlyList<MountainNode> NewNodes);
