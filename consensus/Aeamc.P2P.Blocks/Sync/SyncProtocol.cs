using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// What nodes ask each other for. All MessagePack.
/// <c>/aeamc/batch/1</c>: [bin of hashes] -> [[batch bin, ...]], those that the server has.
/// <c>/aeamc/block/1</c>: [hash] -> [content bin], or refused.
/// <c>/aeamc/sync/1</c>: [from height, maximum blocks] -> [[content bin, finalization bin (perhaps empty), [batch bin, ...]], ...], consecutive, the last
/// one with its own finalization.
/// <c>/aeamc/checkpoints/1</c>: [from height, maximum] -> [signed checkpoint bin, ...], ascending.
/// </summary>
public static class SyncProtocol
{
    public const string Batches = "/aeamc/batch/1";

    public const string Block = "/aeamc/block/1";

    public const string Range = "/aeamc/sync/1";

    public const string Checkpoints = "/aeamc/checkpoints/1";

    /// <summary>Most batches of one request.</summary>
    public const int MaximumBatches = 64;

    /// <summary>Most blocks of one answer.</summary>
    public const int MaximumBlocks = 256;

    /// <summary>The longest answer.</summary>
    public const int MaximumResponse = 8 * 1024 * 1024;

    /// <summary>An answer stops growing here, so that one more block (<see cref="ChainContext.MaximumBatchBytes"/>) always fits.</summary>
    public const int TargetResponse = 4 * 1024 * 1024;

    /// <summary>The longest finalization certificate.</summary>
    public const int MaximumFinalization = 64 * 1024;

    /// <summary>A batch or a block's content, whichever may be longer.</summary>
    private static readonly int MaximumBlob = Math.Max(Batch.MaxEncodedSize, BlockContent.MaxEncodedSize);

    public static byte[] EncodeHashes(IReadOnlyList<Hash256> hashes)
    {
        var packed = new byte[hashes.Count * Hash256.Size];
        for (int i = 0; i < hashes.Count; i++)
        {
            hashes[i].CopyTo(packed.AsSpan(i * Hash256.Size));
        }

        return Write((ref writer) =>
        {
            writer.WriteArrayHeader(1);
            writer.Write(packed);
        });
    }

    public static bool TryDecodeHashes(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Hash256[]? hashes)
    {
        hashes = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(1) || !reader.TryReadBinary(MaximumBatches * Hash256.Size, out ReadOnlySpan<byte> packed)
            || !reader.End || packed.Length % Hash256.Size != 0)
        {
            return false;
        }

        hashes = new Hash256[packed.Length / Hash256.Size];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = new Hash256(packed.Slice(i * Hash256.Size, Hash256.Size));
        }

        return true;
    }

    public static byte[] EncodeBlobs(IReadOnlyList<byte[]> blobs) => Write((ref writer) =>
    {
        writer.WriteArrayHeader(blobs.Count);
        foreach (byte[] blob in blobs)
        {
            writer.Write(blob);
        }
    });

    public static bool TryDecodeBlobs(ReadOnlyMemory<byte> bytes, int maximum, [NotNullWhen(true)] out List<ReadOnlyMemory<byte>>? blobs)
    {
        var reader = new MessagePackReader(bytes.Span);
        return TryReadBlobs(ref reader, bytes, maximum, out blobs) && reader.End;
    }

    public static byte[] EncodeRangeRequest(Height from, int maximum) => Write((ref writer) =>
    {
        writer.WriteArrayHeader(2);
        writer.Write(from.Value);
        writer.Write((ulong)maximum);
    });

    public static bool TryDecodeRangeRequest(ReadOnlySpan<byte> bytes, out Height from, out int maximum)
    {
        var reader = new MessagePackReader(bytes);
        from = default;
        maximum = 0;
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt64(out ulong height) || !reader.TryReadUInt64(MaximumBlocks, out ulong count) || !reader.End)
        {
            return false;
        }

        from = new Height(height);
        maximum = (int)count;
        return true;
    }

    public static byte[] EncodeRange(IReadOnlyList<RangeBlock> blocks) => Write((ref writer) =>
    {
        writer.WriteArrayHeader(blocks.Count);
        foreach (RangeBlock block in blocks)
        {
            writer.WriteArrayHeader(3);
            writer.Write(block.Content.Span);
            writer.Write(block.Finalization.Span);
            writer.WriteArrayHeader(block.Batches.Count);
            foreach (ReadOnlyMemory<byte> batch in block.Batches)
            {
                writer.Write(batch.Span);
            }
        }
    });

    public static bool TryDecodeRange(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out List<RangeBlock>? blocks)
    {
        blocks = null;
        var reader = new MessagePackReader(bytes.Span);
        if (!reader.TryReadArrayHeader(MaximumBlocks, out int count))
        {
            return false;
        }

        var read = new List<RangeBlock>();
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadArrayHeader(3)
                || !TryReadBlob(ref reader, bytes, BlockContent.MaxEncodedSize, out ReadOnlyMemory<byte> content)
                || !TryReadBlob(ref reader, bytes, MaximumFinalization, out ReadOnlyMemory<byte> finalization)
                || !TryReadBlobs(ref reader, bytes, BlockPayload.MaxBatches, out List<ReadOnlyMemory<byte>>? batches))
            {
                return false;
            }

            read.Add(new RangeBlock(content, finalization, batches));
        }

        blocks = read;
        return reader.End;
    }

    private static bool TryReadBlobs(ref MessagePackReader reader, ReadOnlyMemory<byte> whole, int maximum, [NotNullWhen(true)] out List<ReadOnlyMemory<byte>>? blobs)
    {
        blobs = null;
        if (!reader.TryReadArrayHeader(maximum, out int count))
        {
            return false;
        }

        var read = new List<ReadOnlyMemory<byte>>();
        for (int i = 0; i < count; i++)
        {
            if (!TryReadBlob(ref reader, whole, MaximumBlob, out ReadOnlyMemory<byte> blob))
            {
                return false;
            }

            read.Add(blob);
        }

        blobs = read;
        return true;
    }

    private static bool TryReadBlob(ref MessagePackReader reader, ReadOnlyMemory<byte> whole, int maximum, out ReadOnlyMemory<byte> blob)
    {
        bool read = reader.TryReadBinary(maximum, out ReadOnlySpan<byte> span);
        blob = read ? whole.Slice(whole.Length - reader.Remaining - span.Length, span.Length) : default;
        return read;
    }

    private delegate void Writing(ref MessagePackWriter writer);

    private static byte[] Write(Writing write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        return buffer.WrittenSpan.ToArray();
    }
}
