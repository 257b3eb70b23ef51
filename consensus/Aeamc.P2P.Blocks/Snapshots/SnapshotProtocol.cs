using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// How a state is handed over (ADR 0013). All MessagePack.
/// <c>/aeamc/snapshot/1</c>: [] -> the newest snapshot's proof, or refused.
/// <c>/aeamc/snapshot-chunk/1</c>: [height, place] -> the state chunk at that place, or refused when that snapshot is no longer kept.
/// <c>/aeamc/headers/1</c>: [height of the newest leaf, bin of heights u64 big-endian] -> [[header bin, path bin], ...] in that order, each with its path in the
/// mountain range up to that leaf, or refused.
/// <c>/aeamc/kept/1</c>: [] -> [first whole block, head].
/// </summary>
public static class SnapshotProtocol
{
    public const string Offer = "/aeamc/snapshot/1";

    public const string Chunk = "/aeamc/snapshot-chunk/1";

    public const string Headers = "/aeamc/headers/1";

    public const string Kept = "/aeamc/kept/1";

    /// <summary>Entries of one chunk, in bytes; one entry may be longer.</summary>
    public const int TargetChunk = 512 * 1024;

    /// <summary>The longest chunk.</summary>
    public const int MaximumChunk = 4 * 1024 * 1024;

    /// <summary>Most headers of one request.</summary>
    public const int MaximumHeaders = 512;

    /// <summary>The request that has nothing to say.</summary>
    public static ReadOnlyMemory<byte> Nothing { get; } = new byte[] { 0x90 };

    public static byte[] EncodeChunkRequest(Height height, StatePrefix prefix)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(height.Value);
        prefix.Encode(ref writer);
        return buffer.WrittenSpan.ToArray();
    }

    public static bool TryDecodeChunkRequest(ReadOnlySpan<byte> bytes, out Height height, out StatePrefix prefix)
    {
        var reader = new MessagePackReader(bytes);
        height = default;
        prefix = default;
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt64(out ulong number) || !StatePrefix.TryDecode(ref reader, out StatePrefix? place) || !reader.End)
        {
            return false;
        }

        height = new Height(number);
        prefix = place.Value;
        return true;
    }

    public static byte[] EncodeHeadersRequest(Height newest, IReadOnlyList<Height> heights)
    {
        var packed = new byte[8 * heights.Count];
        for (int i = 0; i < heights.Count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(packed.AsSpan(8 * i), heights[i].Value);
        }

        var buffer = new ArrayBufferWriter<byte>(packed.Length + 16);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(newest.Value);
        writer.Write(packed);
        return buffer.WrittenSpan.ToArray();
    }

    public static bool TryDecodeHeadersRequest(ReadOnlySpan<byte> bytes, out Height newest, [NotNullWhen(true)] out Height[]? heights)
    {
        newest = default;
        heights = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt64(out ulong number) || number == ulong.MaxValue
            || !reader.TryReadBinary(8 * MaximumHeaders, out ReadOnlySpan<byte> packed) || packed.Length % 8 != 0 || !reader.End)
        {
            return false;
        }

        newest = new Height(number);
        heights = new Height[packed.Length / 8];
        for (int i = 0; i < heights.Length; i++)
        {
            heights[i] = new Height(BinaryPrimitives.ReadUInt64BigEndian(packed[(8 * i)..]));
        }

        return true;
    }

    public static byte[] EncodeHeaders(IReadOnlyList<ProvenHeader> headers)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(headers.Count);
        foreach (ProvenHeader header in headers)
        {
            var path = new byte[header.Path.Count * Hash256.Size];
            for (int i = 0; i < header.Path.Count; i++)
            {
                header.Path[i].CopyTo(path.AsSpan(i * Hash256.Size));
            }

            writer.WriteArrayHeader(2);
            writer.Write(header.Header.Span);
            writer.Write(path);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static bool TryDecodeHeaders(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out List<ProvenHeader>? headers)
    {
        headers = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(MaximumHeaders, out int count))
        {
            return false;
        }

        var read = new List<ProvenHeader>();
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadArrayHeader(2) || !reader.TryReadExactly(MicroblockHeader.Size, out ReadOnlySpan<byte> header)
                || !reader.TryReadBinary(MerkleTree.MaxPathLength * Hash256.Size, out ReadOnlySpan<byte> packed) || packed.Length % Hash256.Size != 0)
            {
                return false;
            }

            var path = new Hash256[packed.Length / Hash256.Size];
            for (int j = 0; j < path.Length; j++)
            {
                path[j] = new Hash256(packed.Slice(j * Hash256.Size, Hash256.Size));
            }

            read.Add(new ProvenHeader(header.ToArray(), path));
        }

        headers = read;
        return reader.End;
    }

    public static byte[] EncodeKept(Height first, Height head)
    {
        var buffer = new ArrayBufferWriter<byte>(32);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(first.Value);
        writer.Write(head.Value);
        return buffer.WrittenSpan.ToArray();
    }

    public static bool TryDecodeKept(ReadOnlySpan<byte> bytes, out Height first, out Height head)
    {
        first = head = default;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt64(out ulong low) || !reader.TryReadUInt64(out ulong high) || !reader.End)
        {
            return false;
        }

        first = new Height(low);
        head = new Height(high);
        return true;
    }
}
