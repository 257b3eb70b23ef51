using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>A message of the key generation as the ledger recorded it. Stored as [kind u8, author u16, height u64, message bin].</summary>
/// <param name="Kind"><see cref="EntryKind.DkgDeal"/>, <see cref="EntryKind.DkgComplain"/> or <see cref="EntryKind.DkgConfirm"/>.</param>
/// <param name="Author">The member's place in the genesis committee.</param>
/// <param name="Height">The block that recorded it.</param>
/// <param name="Message">The message; of a confirmation, the payload of its entry.</param>
public sealed record DkgMessage(EntryKind Kind, NodeIndex Author, Height Height, byte[] Message)
{
    internal byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(Message.Length + 32);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(4);
        writer.Write((ulong)Kind);
        writer.Write((ulong)Author.Value);
        writer.Write(Height.Value);
        writer.Write(Message);
        return output.WrittenSpan.ToArray();
    }

    internal static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DkgMessage? message)
    {
        message = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(4)
            || !reader.TryReadUInt8(out byte kind)
            || !reader.TryReadUInt16(out ushort author)
            || !reader.TryReadUInt64(out ulong height)
            || !reader.TryReadBytes(DkgPost.MaxMessage, out byte[] content)
            || !reader.End)
        {
            return false;
        }

        message = new DkgMessage((EntryKind)kind, new NodeIndex(author), new Height(height), content);
        return true;
    }
}
