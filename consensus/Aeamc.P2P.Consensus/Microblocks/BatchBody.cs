using System.Buffers;
using System.Buffers.Binary;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Microblocks;

/// <summary>What a batch's author signs: who, which of its batches, and the entries in order.</summary>
/// <remarks>MessagePack: [author bin 32, sequence, [[kind, bytes], ...]].</remarks>
public sealed class BatchBody
{
    private static ReadOnlySpan<byte> Domain => "aeamc/v2/batch/"u8;

    private readonly BatchEntry[] _entries;

    /// <exception cref="InvariantException">No entry, too many, or one whose size is out of range.</exception>
    public BatchBody(NodeId author, ulong sequence, IReadOnlyList<BatchEntry> entries)
    {
        Invariant.Check(entries.Count is >= 1 and <= Batch.MaxEntries);
        Author = author;
        Sequence = sequence;
        _entries = [.. entries];
        Encoded = Encode();
        Invariant.Check(Encoded.Length <= Batch.MaxBodySize);
    }

    internal BatchBody(NodeId author, ulong sequence, BatchEntry[] entries, ReadOnlyMemory<byte> encoded)
    {
        Author = author;
        Sequence = sequence;
        _entries = entries;
        Encoded = encoded;
    }

    /// <summary>The node that packed it.</summary>
    public NodeId Author { get; }

    /// <summary>The author's count of its batches; never used twice by an honest author.</summary>
    public ulong Sequence { get; }

    /// <summary>1 to <see cref="Batch.MaxEntries"/> entries, in execution order.</summary>
    public IReadOnlyList<BatchEntry> Entries => _entries;

    /// <summary>The canonical bytes.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>
    /// The 32 bytes that are signed with Ed25519: SHA-256("aeamc/v2/batch/" || network id (32) || cluster id (u32 big-endian) || SHA-256(body)). A batch is
    /// worth nothing on another network.
    /// </summary>
    public Hash256 SigningHash(Hash256 networkId, uint clusterId)
    {
        Span<byte> message = stackalloc byte[15 + Hash256.Size + 4 + Hash256.Size];
        Domain.CopyTo(message);
        networkId.CopyTo(message[15..]);
        BinaryPrimitives.WriteUInt32BigEndian(message[47..], clusterId);
        Hash256.Of(Encoded.Span).CopyTo(message[51..]);
        return Hash256.Of(message);
    }

    /// <summary>The batch with its author's 64-byte signature over <see cref="SigningHash"/>.</summary>
    public Batch Seal(ReadOnlySpan<byte> signature) => new(this, signature);

    private byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(3);
        writer.Write(Author);
        writer.Write(Sequence);
        writer.WriteArrayHeader(_entries.Length);
        foreach (BatchEntry entry in _entries)
        {
            Invariant.Check(entry.Bytes.Length is >= 1 and <= BatchEntry.MaxSize);
            writer.WriteArrayHeader(2);
            writer.Write((ulong)entry.Kind);
            writer.Write(entry.Bytes.Span);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
