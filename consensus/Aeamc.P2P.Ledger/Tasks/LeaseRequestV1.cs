using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A Phase-1 device asked some node for a task; nobody signed it, so it gets one unit at a time.
/// Encoding: [device_id bin 8, received u64 ms, nonce bin 16].
/// </summary>
public sealed record LeaseRequestV1(DeviceId Device, Timestamp Received, byte[] Nonce) : EntryPayload
{
    public override EntryKind Kind => EntryKind.LeaseRequestV1;

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(3);
        writer.Write(Device);
        writer.Write(Received);
        writer.Write(Nonce);
    }

    /// <summary>Reads the canonical encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out LeaseRequestV1? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(3)
            || !reader.TryReadDeviceV1(out DeviceId device)
            || !reader.TryReadTimestamp(out Timestamp received)
            || !reader.TryReadNonce(out byte[] nonce)
            || !reader.End)
        {
            return false;
        }

        payload = new LeaseRequestV1(device, received, nonce);
        return true;
    }
}
