using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Votes;

/// <summary>What a vote signs and what a certificate proves a quorum of. <see cref="Block"/> is default for Nullify.</summary>
public readonly record struct Statement
{
    private Statement(VoteKind kind, Epoch epoch, View view, BlockRef block)
    {
        Kind = kind;
        Epoch = epoch;
        View = view;
        Block = block;
    }

    /// <summary>What is said.</summary>
    public VoteKind Kind { get; }

    /// <summary>The epoch whose committee votes.</summary>
    public Epoch Epoch { get; }

    /// <summary>The view voted on; equals <c>Block.View</c> when there is a block.</summary>
    public View View { get; }

    /// <summary>The block voted for; default when <see cref="Kind"/> is Nullify.</summary>
    public BlockRef Block { get; }

    /// <summary>Whether <see cref="Block"/> is meaningful.</summary>
    public bool HasBlock => Kind != VoteKind.Nullify;

    /// <summary>Notarize(v, h).</summary>
    public static Statement Notarize(Epoch epoch, BlockRef block) => new(VoteKind.Notarize, epoch, block.View, block);

    /// <summary>Nullify(v).</summary>
    public static Statement Nullify(Epoch epoch, View view) => new(VoteKind.Nullify, epoch, view, default);

    /// <summary>Finalize(v, h).</summary>
    public static Statement Finalize(Epoch epoch, BlockRef block) => new(VoteKind.Finalize, epoch, block.View, block);

    /// <summary>Kind, epoch, view and block, for logs.</summary>
    public override string ToString() => HasBlock ? $"{Kind}({Epoch}/{View}, {Block})" : $"{Kind}({Epoch}/{View})";
}
