using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Store;

/// <summary>Everything that becomes true with one finalized block; written all or none.</summary>
public sealed record BlockCommit
{
    public required Height Height { get; init; }

    /// <summary>The block's hash.</summary>
    public required Hash256 Hash { get; init; }

    /// <summary>The encoded header.</summary>
    public required ReadOnlyMemory<byte> Header { get; init; }

    /// <summary>The encoded payload (the batch hashes, not the batches).</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The encoded finalization; empty when the block is final only through a descendant's.</summary>
    public ReadOnlyMemory<byte> Finalization { get; init; }

    /// <summary>State written and removed. A key occurs once.</summary>
    public IReadOnlyList<StateWrite> State { get; init; } = [];

    /// <summary>Where each entry that this block settled is to be found. An entry that an earlier block settled is not listed again.</summary>
    public IReadOnlyList<ReceiptWrite> Receipts { get; init; } = [];

    /// <summary>Entries acknowledged by this node that no longer wait.</summary>
    public IReadOnlyList<Hash256> NoLongerWaiting { get; init; } = [];

    /// <summary>Subtrees of the mountain range over all block hashes that this block completed.</summary>
    public IReadOnlyList<MountainNode> Mountains { get; init; } = [];

    /// <summary>Batches of the payload that are not stored yet.</summary>
    public IReadOnlyList<StoredBatch> Batches { get; init; } = [];

    /// <summary>All batches of the payload: they are kept for as long as this block is.</summary>
    public IReadOnlyList<Hash256> Uses { get; init; } = [];
}

/// <summary>One state key's new value; null removes the key.</summary>
public readonly record struct StateWrite(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value)
{
    /// <summary>The same from arrays. Without it a null array would turn into an empty value on its way to a nullable memory, and the key would stay.</summary>
    public StateWrite(byte[] key, byte[]? value)
        : this(key, value is null ? (ReadOnlyMemory<byte>?)null : new ReadOnlyMemory<byte>(value))
    {
    }
}

/// <summary>What became of an entry.</summary>
/// <param name="EntryId">The entry.</param>
/// <param name="Index">Its place among the block's resolved entries.</param>
/// <param name="Code">The ledger's outcome code; 0 is accepted.</param>
public readonly record struct ReceiptWrite(Hash256 EntryId, uint Index, ushort Code)
{
    /// <summary>The block that holds the entry, when it is an earlier one whose outcome is settled only now; null for this block.</summary>
    public Height? At { get; init; }
}

/// <summary>An encoded batch under its hash.</summary>
public readonly record struct StoredBatch(Hash256 Hash, ReadOnlyMemory<byte> Bytes);
