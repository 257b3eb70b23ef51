using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A Phase-1 proof. The device signed the UTF-8 text <c>taskId + deviceId + timestamp + outputDigest</c> without separators; task id and digest are 64
/// lower-case hex digits, the device id 16, the timestamp 13 digits, so the text can be cut in one way only and the fields travel as numbers.
/// Encoding: [task_id bin 32, device_id bin 8, timestamp u64 ms, output_digest bin 32, checkpoint str, execution_time_ms i64, cpu_cycles i64,
/// signature bin (strict DER)].
/// </summary>
public sealed record TaskProofV1(
    Hash256 TaskId,
    DeviceId Device,
    Timestamp Timestamp,
    Hash256 OutputDigest,
    string Checkpoint,
    long ExecutionTimeMs,
    long CpuCycles,
    byte[] Signature) : EntryPayload
{
    /// <summary>The longest checkpoint text in bytes; old SDKs send <c>dummy_checkpoint</c>.</summary>
    public const int MaxCheckpoint = 128;

    /// <summary>The least timestamp of 13 digits.</summary>
    public const ulong MinTimestamp = 1_000_000_000_000;

    /// <summary>The largest timestamp of 13 digits.</summary>
    public const ulong MaxTimestamp = 9_999_999_999_999;

    public override EntryKind Kind => EntryKind.TaskProofV1;

    /// <summary>The bytes that the device signed.</summary>
    public byte[] SignedText() => Encoding.ASCII.GetBytes(
        string.Concat(TaskId.ToString(), Device.ToString(), Timestamp.Milliseconds.ToString(CultureInfo.InvariantCulture), OutputDigest.ToString()));

    /// <summary>
    /// Builds a proof from the JSON fields, refusing every shape but the strict one.
    /// </summary>
    /// <returns><see cref="RefusalCode.None"/>, or why the shape is refused.</returns>
    public static RefusalCode TryCreate(
        string? taskId,
        string? deviceId,
        long timestamp,
        string? outputDigest,
        string? checkpoint,
        long executionTimeMs,
        long cpuCycles,
        ReadOnlySpan<byte> signature,
        out TaskProofV1? proof)
    {
        proof = null;
        if (!TryParseLowerHex(taskId, out Hash256 task))
        {
            return RefusalCode.TaskIdMalformed;
        }

        if (!DeviceId.TryParseV1(deviceId, out DeviceId device))
        {
            return RefusalCode.DeviceIdMalformed;
        }

        if (timestamp < (long)MinTimestamp || timestamp > (long)MaxTimestamp)
        {
            return RefusalCode.TimestampMalformed;
        }

        if (!TryParseLowerHex(outputDigest, out Hash256 digest))
        {
            return RefusalCode.DigestMalformed;
        }

        if (!StrictDer.IsP256Signature(signature))
        {
            return RefusalCode.SignatureMalformed;
        }

        string text = checkpoint ?? "";
        if (Encoding.UTF8.GetByteCount(text) > MaxCheckpoint)
        {
            return RefusalCode.MalformedEntry;
        }

        proof = new TaskProofV1(task, device, new Timestamp((ulong)timestamp), digest, text, executionTimeMs, cpuCycles, signature.ToArray());
        return RefusalCode.None;
    }

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(8);
        writer.Write(TaskId);
        writer.Write(Device);
        writer.Write(Timestamp);
        writer.Write(OutputDigest);
        writer.Write(Checkpoint);
        writer.WriteSigned(ExecutionTimeMs);
        writer.WriteSigned(CpuCycles);
        writer.Write(Signature);
    }

    /// <summary>Reads the canonical encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TaskProofV1? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(8)
            || !reader.TryReadHash(out Hash256 taskId)
            || !reader.TryReadDeviceV1(out DeviceId device)
            || !reader.TryReadTimestamp(out Timestamp timestamp)
            || timestamp.Milliseconds is < MinTimestamp or > MaxTimestamp
            || !reader.TryReadHash(out Hash256 output)
            || !reader.TryReadString(MaxCheckpoint, out string checkpoint)
            || !reader.TryReadInt64(out long executionTime)
            || !reader.TryReadInt64(out long cycles)
            || !reader.TryReadBytes(StrictDer.MaxLength, out byte[] signature)
            || !StrictDer.IsP256Signature(signature)
            || !reader.End)
        {
            return false;
        }

        payload = new TaskProofV1(taskId, device, timestamp, output, checkpoint, executionTime, cycles, signature);
        return true;
    }

    private static bool TryParseLowerHex(string? text, out Hash256 hash)
    {
        hash = default;
        return text is not null && LowerHex.IsOnly(text) && Hash256.TryParse(text, out hash);
    }
}
