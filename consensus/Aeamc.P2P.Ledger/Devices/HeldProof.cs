using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// The first proof of a Phase-1 device: it leaves two candidate keys, and waits for a second proof to leave one. Stored as
/// [entry bin 32, post bin 32, unit u16, until u64, key bin 33, key bin 33].
/// </summary>
/// <param name="EntryId">The entry that carried it.</param>
/// <param name="PostId">The task's post.</param>
/// <param name="Unit">The unit, which nobody else gets meanwhile.</param>
/// <param name="Until">The block time at which the wait ends and the unit goes back.</param>
/// <param name="Keys">The candidates.</param>
public sealed record HeldProof(Hash256 EntryId, Hash256 PostId, ushort Unit, Timestamp Until, RecoveredKeys Keys)
{
    internal void Write(MessagePackWriter writer)
    {
        writer.WriteArrayHeader(6);
        writer.Write(EntryId);
        writer.Write(PostId);
        writer.Write((ulong)Unit);
        writer.Write(Until);
        writer.Write(Keys.First);
        writer.Write(Keys.Second);
    }

    internal static bool TryRead(ref MessagePackReader reader, [NotNullWhen(true)] out HeldProof? held)
    {
        held = null;
        if (!reader.TryReadArrayHeader(6)
            || !reader.TryReadHash(out Hash256 entry)
            || !reader.TryReadHash(out Hash256 post)
            || !reader.TryReadUInt16(out ushort unit)
            || !reader.TryReadTimestamp(out Timestamp until)
            || !reader.TryReadKey(out PublicKey first)
            || !reader.TryReadKey(out PublicKey second))
        {
            return false;
        }

        held = new HeldProof(entry, post, unit, until, new RecoveredKeys(first, second));
        return true;
    }
}
