using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A dealing or a complaint of the distributed key generation, for which the ledger is the broadcast channel: it keeps the message and its place and does
/// not look inside. Signed by a committee member.
/// Encoding: [session u32, message bin].
/// </summary>
public sealed record DkgPost(EntryKind PostKind, uint Session, byte[] Message) : EntryPayload
{
    /// <summary>The longest message in bytes: the dealing of a committee of 128 fits.</summary>
    public const int MaxMessage = 32 * 1024;

    public override EntryKind Kind => PostKind;

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(2);
        writer.Write((ulong)Session);
        writer.Write(Message);
    }

    /// <summary>Reads the canonical encoding of a <see cref="EntryKind.DkgDeal"/> or <see cref="EntryKind.DkgComplain"/>.</summary>
    public static bool TryDecode(EntryKind kind, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DkgPost? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(2)
            || !reader.TryReadUInt32(out uint session)
            || !reader.TryReadBytes(MaxMessage, out byte[] message)
            || !reader.End)
        {
            return false;
        }

        payload = new DkgPost(kind, session, message);
        return true;
    }
}
