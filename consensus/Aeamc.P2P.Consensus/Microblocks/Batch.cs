using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Microblocks;

/// <summary>Entries packed and signed by one node, gossiped ahead of the proposal that lists their hash. Decoding checks form only, not the signature.</summary>
/// <remarks>MessagePack: [body (see <see cref="BatchBody"/>), signature bin 64]. A decoded batch is a view of the bytes it was read from.</remarks>
public sealed class Batch
{
    /// <summary>Length of the Ed25519 signature.</summary>
    public const int SignatureSize = 64;

    /// <summary>The most entries a batch may hold.</summary>
    public const int MaxEntries = 1024;

    /// <summary>The longest body: 64 KiB of entries and their frames.</summary>
    public const int MaxBodySize = 64 * 1024;

    /// <summary>The longest encoding: array header, body, signature.</summary>
    public const int MaxEncodedSize = 1 + MaxBodySize + 2 + SignatureSize;

    internal Batch(BatchBody body, ReadOnlySpan<byte> signature)
    {
        Invariant.Check(signature.Length == SignatureSize);
        int bodyLength = body.Encoded.Length;
        var bytes = new byte[1 + bodyLength + 2 + SignatureSize];
        bytes[0] = 0x92;
        body.Encoded.CopyTo(bytes.AsMemory(1));
        bytes[1 + bodyLength] = 0xc4;
        bytes[2 + bodyLength] = SignatureSize;
        signature.CopyTo(bytes.AsSpan(3 + bodyLength));
        Body = body;
        Encoded = bytes;
        Hash = Hash256.Of(bytes);
    }

    private Batch(BatchBody body, ReadOnlyMemory<byte> encoded)
    {
        Body = body;
        Encoded = encoded;
        Hash = Hash256.Of(encoded.Span);
    }

    /// <summary>The signed part.</summary>
    public BatchBody Body { get; }

    /// <summary>The node that packed and signed it.</summary>
    public NodeId Author => Body.Author;

    /// <summary>The author's count of its batches.</summary>
    public ulong Sequence => Body.Sequence;

    /// <summary>The entries in execution order.</summary>
    public IReadOnlyList<BatchEntry> Entries => Body.Entries;

    /// <summary>The author's Ed25519 signature over <see cref="BatchBody.SigningHash"/>, as received.</summary>
    public ReadOnlySpan<byte> Signature => Encoded.Span[^SignatureSize..];

    /// <summary>The canonical bytes.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>SHA-256 of <see cref="Encoded"/>, as listed in a <see cref="BlockPayload"/>.</summary>
    public Hash256 Hash { get; }

    /// <summary>Reads the canonical bytes; false on anything else. The caller must not change <paramref name="bytes"/> afterwards.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Batch? batch)
    {
        batch = null;
        var reader = new MessagePackReader(bytes.Span);
        if (bytes.Length > MaxEncodedSize || !reader.TryReadArrayHeader(2) || !reader.TryReadArrayHeader(3)
            || !reader.TryReadNodeId(out NodeId author) || !reader.TryReadUInt64(out ulong sequence)
            || !reader.TryReadArrayHeader(MaxEntries, out int count) || count == 0)
        {
            return false;
        }

        // A count is believed only as far as the bytes behind it: the header reader refuses more items than bytes left.
        var entries = new BatchEntry[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt8(out byte kind)
                || !reader.TryReadBinary(BatchEntry.MaxSize, out ReadOnlySpan<byte> entry) || entry.IsEmpty)
            {
                return false;
            }

            entries[i] = new BatchEntry(kind, bytes.Slice(bytes.Length - reader.Remaining - entry.Length, entry.Length));
        }

        int bodyLength = bytes.Length - reader.Remaining - 1;
        if (bodyLength > MaxBodySize || !reader.TryReadExactly(SignatureSize, out _) || !reader.End)
        {
            return false;
        }

        batch = new Batch(new BatchBody(author, sequence, entries, bytes.Slice(1, bodyLength)), bytes);
        return true;
    }
}
