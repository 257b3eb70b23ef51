using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Votes;

/// <summary>
/// All that voting needs to know of a block. Votes sign the whole of it, so a certificate alone tells a block's place in the chain, and
/// one hash with two claimed parents is an equivocation.
/// </summary>
/// <param name="Hash">SHA-256 of the header.</param>
/// <param name="Height">The parent's height + 1; genesis has the height its epoch starts from.</param>
/// <param name="View">The view it was proposed in; 0 for the epoch's genesis.</param>
/// <param name="ParentHash">Hash of the parent; zero for the first genesis.</param>
/// <param name="ParentView">The parent's view, less than <paramref name="View"/>.</param>
public readonly record struct BlockRef(Hash256 Hash, Height Height, View View, Hash256 ParentHash, View ParentView)
{
    /// <summary>The block that an epoch starts from: finalized by definition, in view 0.</summary>
    public static BlockRef Genesis(Hash256 hash, Height height = default) => new(hash, height, View.Zero, Hash256.Zero, View.Zero);

    /// <summary>A block on top of this one.</summary>
    public BlockRef Child(Hash256 hash, View view) => new(hash, Height.Next, view, Hash, View);

    /// <summary>Height, view and the beginning of the hash, for logs.</summary>
    public override string ToString() => $"{Height}@{View}:{Hash.ToShortString()}";
}
