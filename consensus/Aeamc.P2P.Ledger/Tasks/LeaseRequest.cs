using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A device asks for up to <paramref name="Count"/> units of one task. The id of this entry becomes the id of the lease.
/// Encoding: [did bin 32, count u16, timestamp u64 ms, nonce bin 16].
/// </summary>
public sealed record LeaseRequest(DeviceId Device, ushort Count, Timestamp Timestamp, byte[] Nonce) : EntryPayload
{
    public override EntryKind Kind => EntryKind.LeaseRequest;

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(4);
        writer.Write(Device);
        writer.Write((ulong)Count);
        writer.Write(Timestamp);
        writer.Write(Nonce);
    }

    /// <summary>Reads the canonical encoding; a count of zero is none.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out LeaseRequest? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(4)
            || !reader.TryReadDeviceV2(out DeviceId device)
            || !reader.TryReadUInt16(out ushort count)
            || count == 0
            || !reader.TryReadTimestamp(out Timestamp timestamp)
            || !reader.TryReadNonce(out byte[] nonce)
            || !reader.End)
        {
            return false;
        }

        payload = new LeaseRequest(device, count, timestamp, nonce);
        return true;
    }
}
