using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A committee member states which group key it derived from which transcript, and so that it holds its share.
/// Encoding: [session u32, group_key bin 33, transcript bin 32].
/// </summary>
/// <param name="Session">The key generation it belongs to.</param>
/// <param name="GroupKey">The compressed secp256k1 point, 33 bytes.</param>
/// <param name="Transcript">A digest of the messages that the key was derived from.</param>
public sealed record DkgConfirmation(uint Session, byte[] GroupKey, Hash256 Transcript) : EntryPayload
{
    /// <summary>Length of a compressed group key.</summary>
    public const int GroupKeySize = 33;

    public override EntryKind Kind => EntryKind.DkgConfirm;

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(3);
        writer.Write((ulong)Session);
        writer.Write(GroupKey);
        writer.Write(Transcript);
    }

    /// <summary>Reads the canonical encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DkgConfirmation? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(3)
            || !reader.TryReadUInt32(out uint session)
            || !reader.TryReadBytes(GroupKeySize, out byte[] key)
            || key.Length != GroupKeySize
            || key[0] is not (2 or 3)
            || !reader.TryReadHash(out Hash256 transcript)
            || !reader.End)
        {
            return false;
        }

        payload = new DkgConfirmation(session, key, transcript);
        return true;
    }
}
