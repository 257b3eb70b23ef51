using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring;

/// <summary>What the contract holds for a cluster.</summary>
/// <param name="Height">The newest anchored height; 0 before the first anchor, for genesis is never anchored.</param>
/// <param name="MessagePrefix">The first 24 bytes of the anchored <see cref="Checkpoint.SigningHash"/>.</param>
public sealed record AnchorHead(Height Height, ReadOnlyMemory<byte> MessagePrefix)
{
    /// <summary>Whether this head is the given checkpoint.</summary>
    public bool Is(Checkpoint checkpoint) =>
        checkpoint.Height == Height && checkpoint.SigningHash().ToArray().AsSpan(0, MessagePrefix.Length).SequenceEqual(MessagePrefix.Span);
}
