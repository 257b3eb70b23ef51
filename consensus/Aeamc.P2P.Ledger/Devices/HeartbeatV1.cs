using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// Phase-1 telemetry, which nobody signed: the author of the batch vouches only for having received it.
/// Encoding: [device_id bin 8, received u64 ms, battery i32, charging bool, cpu_load i32, temperature i32, latency_ms i32, bandwidth_kbps i32].
/// </summary>
/// <param name="Device">A v1 identity.</param>
/// <param name="Received">The receiving node's clock; Phase 1 sends no time.</param>
/// <param name="Telemetry">The reading, converted to integers by the receiving node.</param>
public sealed record HeartbeatV1(DeviceId Device, Timestamp Received, Telemetry Telemetry) : EntryPayload
{
    public override EntryKind Kind => EntryKind.HeartbeatV1;

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(8);
        writer.Write(Device);
        writer.Write(Received);
        Telemetry.Write(writer);
    }

    /// <summary>Reads the canonical encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out HeartbeatV1? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(8)
            || !reader.TryReadDeviceV1(out DeviceId device)
            || !reader.TryReadTimestamp(out Timestamp received)
            || !Telemetry.TryRead(ref reader, out Telemetry telemetry)
            || !reader.End)
        {
            return false;
        }

        payload = new HeartbeatV1(device, received, telemetry);
        return true;
    }
}
