using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A committee member saw a checkpoint anchored. For information: the anchor proves itself on its own chain.
/// Encoding: [height u64, chain_id u64, transaction bin 32].
/// </summary>
/// <param name="Height">The height of the anchored checkpoint.</param>
/// <param name="ChainId">The EVM chain id; 0 for the local journal.</param>
/// <param name="Transaction">The transaction's hash.</param>
public sealed record AnchorRecord(Height Height, ulong ChainId, Hash256 Transaction) : EntryPayload
{
    public override EntryKind Kind => EntryKind.AnchorRecord;

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(3);
        writer.Write(Height.Value);
        writer.Write(ChainId);
        writer.Write(Transaction);
    }

    /// <summary>Reads the canonical encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out AnchorRecord? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(3)
            || !reader.TryReadUInt64(out ulong height)
            || !reader.TryReadUInt64(out ulong chain)
            || !reader.TryReadHash(out Hash256 transaction)
            || !reader.End)
        {
            return false;
        }

        payload = new AnchorRecord(new Height(height), chain, transaction);
        return true;
    }
}
