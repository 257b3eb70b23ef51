using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Microblocks;

/// <summary>What a proposal carries beside its header: the hashes of its batches, in the order in which their entries are executed.</summary>
/// <remarks>MessagePack: [bin of all hashes, 32 bytes each]. No hash comes twice.</remarks>
public sealed class BlockPayload
{
    /// <summary>The most batches a block may list.</summary>
    public const int MaxBatches = 2048;

    /// <summary>The longest encoding: array header, bin header, hashes.</summary>
    public const int MaxEncodedSize = 1 + 5 + MaxBatches * Hash256.Size;

    private readonly Hash256[] _batchHashes;

    /// <exception cref="InvariantException">Too many hashes, or one that comes twice.</exception>
    public BlockPayload(ReadOnlySpan<Hash256> batchHashes)
        : this(batchHashes.ToArray(), IsValid(batchHashes))
    {
    }

    private BlockPayload(Hash256[] batchHashes, bool valid)
    {
        Invariant.Check(valid);
        _batchHashes = batchHashes;
        Encoded = Encode(batchHashes);
        Hash = Hash256.Of(Encoded.Span);
    }

    /// <summary>A payload without batches, as in an idle block.</summary>
    public static BlockPayload Empty { get; } = new([]);

    /// <summary>The batches in execution order.</summary>
    public IReadOnlyList<Hash256> BatchHashes => _batchHashes;

    /// <summary>The canonical bytes.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>SHA-256 of <see cref="Encoded"/>, as in <see cref="MicroblockHeader.PayloadHash"/>.</summary>
    public Hash256 Hash { get; }

    /// <summary>Reads the canonical bytes; false on anything else.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BlockPayload? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (bytes.Length > MaxEncodedSize || !reader.TryReadArrayHeader(1)
            || !reader.TryReadBinary(MaxBatches * Hash256.Size, out ReadOnlySpan<byte> packed)
            || !reader.End || packed.Length % Hash256.Size != 0)
        {
            return false;
        }

        Hash256[] hashes = HashList.Read(packed);
        if (!IsValid(hashes))
        {
            return false;
        }

        payload = new BlockPayload(hashes, valid: true);
        return true;
    }

    private static bool IsValid(ReadOnlySpan<Hash256> hashes)
    {
        if (hashes.Length > MaxBatches)
        {
            return false;
        }

        Hash256[] sorted = hashes.ToArray();
        Array.Sort(sorted);
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i - 1] == sorted[i])
            {
                return false;
            }
        }

        return true;
    }

    private static byte[] Encode(ReadOnlySpan<Hash256> hashes)
    {
        var packed = new byte[hashes.Length * Hash256.Size];
        HashList.Write(hashes, packed);
        var buffer = new ArrayBufferWriter<byte>(packed.Length + 6);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(1);
        writer.Write(packed);
        return buffer.WrittenSpan.ToArray();
    }
}
