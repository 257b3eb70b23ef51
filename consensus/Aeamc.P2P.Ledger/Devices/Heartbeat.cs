using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// Proof of Availability, signed by the device.
/// Encoding: [did bin 32, timestamp u64 ms, nonce bin 16, battery i32, charging bool, cpu_load i32, temperature i32, latency_ms i32, bandwidth_kbps i32].
/// </summary>
public sealed record Heartbeat(DeviceId Device, Timestamp Timestamp, byte[] Nonce, Telemetry Telemetry) : EntryPayload
{
    public override EntryKind Kind => EntryKind.Heartbeat;

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(9);
        writer.Write(Device);
        writer.Write(Timestamp);
        writer.Write(Nonce);
        Telemetry.Write(writer);
    }

    /// <summary>Reads the canonical encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Heartbeat? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(9)
            || !reader.TryReadDeviceV2(out DeviceId device)
            || !reader.TryReadTimestamp(out Timestamp timestamp)
            || !reader.TryReadNonce(out byte[] nonce)
            || !Telemetry.TryRead(ref reader, out Telemetry telemetry)
            || !reader.End)
        {
            return false;
        }

        payload = new Heartbeat(device, timestamp, nonce, telemetry);
        return true;
    }
}
