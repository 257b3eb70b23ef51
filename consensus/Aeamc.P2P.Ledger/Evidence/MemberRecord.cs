using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A committee member's conviction: the offence, where its proof is, and what it cost. Written once per member and epoch, so what members do wrong
/// cannot fill the state. Stored as [kind u8, epoch u64, view u64, height u64, evidence bin 32, reputation u64].
/// </summary>
/// <param name="Kind">What it did.</param>
/// <param name="Epoch">The epoch it did it in, the last one whose committee it may be in.</param>
/// <param name="View">The view it did it in.</param>
/// <param name="Height">The block that recorded it.</param>
/// <param name="Evidence">The entry in that block that proved it.</param>
/// <param name="Reputation">What is left of its reputation, 0..1,000.</param>
public sealed record MemberRecord(OffenceKind Kind, Epoch Epoch, View View, Height Height, Hash256 Evidence, ulong Reputation)
{
    /// <summary>Whether the member may be in the committee of an epoch: not after the one it equivocated in (consensus.md, "Evidence").</summary>
    public bool IsEligibleIn(Epoch epoch) => epoch <= Epoch;

    internal byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(80);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(6);
        writer.Write((ulong)Kind);
        writer.Write(Epoch.Value);
        writer.Write(View.Value);
        writer.Write(Height.Value);
        writer.Write(Evidence);
        writer.Write(Reputation);
        return output.WrittenSpan.ToArray();
    }

    internal static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MemberRecord? record)
    {
        record = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(6)
            || !reader.TryReadUInt8(out byte kind)
            || (OffenceKind)kind is not (OffenceKind.TwoNotarizes or OffenceKind.TwoFinalizes or OffenceKind.NullifyAndFinalize)
            || !reader.TryReadUInt64(out ulong epoch)
            || !reader.TryReadUInt64(out ulong view)
            || !reader.TryReadUInt64(out ulong height)
            || !reader.TryReadHash(out Hash256 evidence)
            || !reader.TryReadUInt64(out ulong reputation)
            || !reader.End)
        {
            return false;
        }

        record = new MemberRecord((OffenceKind)kind, new Epoch(epoch), new View(view), new Height(height), evidence, reputation);
        return true;
    }
}
