using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>What a block tells the ledger besides its entries.</summary>
/// <param name="Height">One more than the parent state's.</param>
/// <param name="Timestamp">The block's time, by which every time window is judged.</param>
/// <param name="ParentHash">The hash of the parent block; draws the proofs to recompute.</param>
public readonly record struct BlockContext(Height Height, Timestamp Timestamp, Hash256 ParentHash)
{
    /// <summary>The view that the block was proposed in, by which the age of evidence is judged; 0 before an entry is in any block.</summary>
    public View View { get; init; }
}

/// <summary>An entry and the committee member whose batch it came in.</summary>
public readonly record struct BlockEntry(DecodedEntry Entry, NodeId Author);
