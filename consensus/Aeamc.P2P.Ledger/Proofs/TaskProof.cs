using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// Proof of Task: the device states the result of one leased unit.
/// Encoding: [did bin 32, task_id bin 32, lease bin 32, unit u16, timestamp u64 ms, output_digest bin 32, device_nonce bin 16, trace_root bin 32,
/// checkpoint bin 32, execution_time_ms u64, cpu_cycles i64].
/// </summary>
/// <param name="Device">The v2 identity.</param>
/// <param name="TaskId">The unit's id (<see cref="TaskUnit.Id"/>).</param>
/// <param name="Lease">The id of the lease entry.</param>
/// <param name="Unit">The unit's index in its post.</param>
/// <param name="Timestamp">The device's clock when it was done.</param>
/// <param name="OutputDigest">The result.</param>
/// <param name="DeviceNonce">Chosen by the device.</param>
/// <param name="TraceRoot">The Merkle root of the intermediate states.</param>
/// <param name="Checkpoint">SHA-256(task_id || device_nonce || trace_root).</param>
/// <param name="ExecutionTimeMs">As the device measured; not judged.</param>
/// <param name="CpuCycles">As the device measured; may be negative, an overflow in old SDKs; not judged.</param>
public sealed record TaskProof(
    DeviceId Device,
    Hash256 TaskId,
    Hash256 Lease,
    ushort Unit,
    Timestamp Timestamp,
    Hash256 OutputDigest,
    byte[] DeviceNonce,
    Hash256 TraceRoot,
    Hash256 Checkpoint,
    ulong ExecutionTimeMs,
    long CpuCycles) : EntryPayload
{
    public override EntryKind Kind => EntryKind.TaskProof;

    /// <summary>The checkpoint that fits these three.</summary>
    /// <param name="taskId">The unit's id.</param>
    /// <param name="deviceNonce">16 bytes.</param>
    /// <param name="traceRoot">The trace's Merkle root.</param>
    public static Hash256 CheckpointOf(Hash256 taskId, ReadOnlySpan<byte> deviceNonce, Hash256 traceRoot)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size + FieldReading.NonceSize + Hash256.Size];
        taskId.CopyTo(bytes);
        deviceNonce.CopyTo(bytes.Slice(Hash256.Size, FieldReading.NonceSize));
        traceRoot.CopyTo(bytes[(Hash256.Size + FieldReading.NonceSize)..]);
        return Hash256.Of(bytes);
    }

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(11);
        writer.Write(Device);
        writer.Write(TaskId);
        writer.Write(Lease);
        writer.Write((ulong)Unit);
        writer.Write(Timestamp);
        writer.Write(OutputDigest);
        writer.Write(DeviceNonce);
        writer.Write(TraceRoot);
        writer.Write(Checkpoint);
        writer.Write(ExecutionTimeMs);
        writer.WriteSigned(CpuCycles);
    }

    /// <summary>Reads the canonical encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TaskProof? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(11)
            || !reader.TryReadDeviceV2(out DeviceId device)
            || !reader.TryReadHash(out Hash256 taskId)
            || !reader.TryReadHash(out Hash256 lease)
            || !reader.TryReadUInt16(out ushort unit)
            || !reader.TryReadTimestamp(out Timestamp timestamp)
            || !reader.TryReadHash(out Hash256 output)
            || !reader.TryReadNonce(out byte[] nonce)
            || !reader.TryReadHash(out Hash256 traceRoot)
            || !reader.TryReadHash(out Hash256 checkpoint)
            || !reader.TryReadUInt64(out ulong executionTime)
            || !reader.TryReadInt64(out long cycles)
            || !reader.End)
        {
            return false;
        }

        payload = new TaskProof(device, taskId, lease, unit, timestamp, output, nonce, traceRoot, checkpoint, executionTime, cycles);
        return true;
    }
}
