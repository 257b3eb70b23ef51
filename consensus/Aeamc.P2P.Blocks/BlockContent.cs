using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>What a proposal's opaque content is in this node: a header and the payload that it commits to.</summary>
/// <remarks>MessagePack: [header bin 317, payload bin].</remarks>
public sealed class BlockContent
{
    /// <summary>The longest encoding: array header, header, payload.</summary>
    public const int MaxEncodedSize = 1 + 3 + MicroblockHeader.Size + 5 + BlockPayload.MaxEncodedSize;

    private BlockContent(MicroblockHeader header, BlockPayload payload, Hash256 hash, byte[] encoded)
    {
        Header = header;
        Payload = payload;
        Hash = hash;
        Encoded = encoded;
    }

    public MicroblockHeader Header { get; }

    public BlockPayload Payload { get; }

    /// <summary>The block's hash: SHA-256 of the header.</summary>
    public Hash256 Hash { get; }

    /// <summary>The canonical bytes.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>Puts a header and its payload together.</summary>
    /// <exception cref="InvariantException">The header commits to another payload.</exception>
    public static BlockContent Create(MicroblockHeader header, BlockPayload payload)
    {
        Invariant.Check(header.PayloadHash == payload.Hash);
        var buffer = new ArrayBufferWriter<byte>(MicroblockHeader.Size + payload.Encoded.Length + 16);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(header.ToArray());
        writer.Write(payload.Encoded.Span);
        return new BlockContent(header, payload, header.ComputeHash(), buffer.WrittenSpan.ToArray());
    }

    /// <summary>Reads the canonical bytes; false when the form is wrong or the header does not commit to the payload.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BlockContent? content)
    {
        content = null;
        var reader = new MessagePackReader(bytes);
        if (bytes.Length > MaxEncodedSize || !reader.TryReadArrayHeader(2)
            || !reader.TryReadExactly(MicroblockHeader.Size, out ReadOnlySpan<byte> headerBytes)
            || !reader.TryReadBinary(BlockPayload.MaxEncodedSize, out ReadOnlySpan<byte> payloadBytes)
            || !reader.End
            || !MicroblockHeader.TryDecode(headerBytes, out MicroblockHeader? header)
            || !BlockPayload.TryDecode(payloadBytes, out BlockPayload? payload)
            || header.PayloadHash != payload.Hash)
        {
            return false;
        }

        content = new BlockContent(header, payload, header.ComputeHash(), bytes.ToArray());
        return true;
    }
}
