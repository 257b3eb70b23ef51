using System.Buffers;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Store;

/// <summary>The newest committed block.</summary>
public readonly record struct StoreHead(Height Height, Hash256 Hash)
{
    /// <summary>MessagePack <c>[height, hash]</c>.</summary>
    internal void Write(IBufferWriter<byte> output)
    {
        MessagePackWriter writer = new(output);
        writer.WriteArrayHeader(2);
        writer.Write(Height.Value);
        writer.Write(Hash);
    }

    internal static bool TryRead(ReadOnlySpan<byte> input, out StoreHead head)
    {
        MessagePackReader reader = new(input);
        head = default;
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt64(out ulong height) || !reader.TryReadHash(out Hash256 hash))
        {
            return false;
        }

        head = new StoreHead(new Height(height), hash);
        return reader.End;
    }
}

/// <summary>A committed block's bytes. <see cref="Finalization"/> is empty when the block is final only through a descendant's.</summary>
public sealed record StoredBlock(Height Height, byte[] Header, byte[] Payload, byte[] Finalization);

/// <summary>Where an entry was settled.</summary>
/// <param name="Height">The block.</param>
/// <param name="Index">Its place among that block's resolved entries.</param>
/// <param name="Code">The ledger's outcome code; 0 is accepted.</param>
public readonly record struct StoredReceipt(Height Height, uint Index, ushort Code)
{
    /// <summary>MessagePack <c>[height, index, code]</c>.</summary>
    internal void Write(IBufferWriter<byte> output)
    {
        MessagePackWriter writer = new(output);
        writer.WriteArrayHeader(3);
        writer.Write(Height.Value);
        writer.Write(Index);
        writer.Write(Code);
    }

    internal static bool TryRead(ReadOnlySpan<byte> input, out StoredReceipt receipt)
    {
        MessagePackReader reader = new(input);
        receipt = default;
        if (!reader.TryReadArrayHeader(3) || !reader.TryReadUInt64(out ulong height) || !reader.TryReadUInt32(out uint index)
            || !reader.TryReadUInt16(out ushort code))
        {
            return false;
        }

        receipt = new StoredReceipt(new Height(height), index, code);
        return reader.End;
    }
}

/// <summary>An acknowledged entry that no finalized block holds yet.</summary>
public readonly record struct WaitingEntry(Hash256 Id, byte[] Bytes);

/// <summary>Sees one state pair; the spans are good only during the call.</summary>
public delegate void StateVisitor(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);
