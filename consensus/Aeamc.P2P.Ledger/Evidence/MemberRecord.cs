using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>What is held against a committee member. Stored as [offences u32, last u64].</summary>
/// <param name="Offences">Equivocations on record.</param>
/// <param name="Last">The block that recorded the last one. The member is not eligible from the next epoch.</param>
public sealed record MemberRecord(uint Offences, Height Last)
{
    internal byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(16);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(2);
        writer.Write((ulong)Offences);
        writer.Write(Last.Value);
        return output.WrittenSpan.ToArray();
    }

    internal static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MemberRecord? record)
    {
        record = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt32(out uint offences) || !reader.TryReadUInt64(out ulong last) || !reader.End)
        {
            return false;
        }

        record = new MemberRecord(offences, new Height(last));
        return true;
    }
}
