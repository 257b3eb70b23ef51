using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Store;

/// <summary>A snapshot that has been proven, ready to become the store's content.</summary>
public sealed record SnapshotImport
{
    /// <summary>The block that the state is after.</summary>
    public required StoreHead Head { get; init; }

    /// <summary>Its payload. Its batches are not known.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Headers to keep: the block's, its parent's, and those that the key generation refers to.</summary>
    public required IReadOnlyList<(Height Height, ReadOnlyMemory<byte> Header)> Headers { get; init; }

    /// <summary>Complete subtrees of the mountain range: its peaks, and what proves the older headers.</summary>
    public required IReadOnlyList<MountainNode> Mountains { get; init; }

    /// <summary>The parts that the state in the staging area consists of.</summary>
    public required IReadOnlyList<StatePrefix> Parts { get; init; }
}
