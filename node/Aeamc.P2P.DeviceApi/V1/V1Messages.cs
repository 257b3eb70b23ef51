using System.Text.Json.Serialization;

namespace Aeamc.P2P.DeviceApi.V1;

/// <summary><c>POST /telemetry</c>.</summary>
internal sealed record TelemetryV1(
    string? DeviceId, double? BatteryPercentage, bool? IsCharging, double? CpuTemperature, double? NetworkLatency);

/// <summary><c>POST /task</c>.</summary>
internal sealed record TaskRequestV1(string? DeviceId);

/// <summary>What <c>POST /task</c> answers.</summary>
/// <param name="Id">The unit's task id, 64 hexadecimal digits.</param>
/// <param name="Data">What to compute, a JSON object in a string (<see cref="TaskDataV1"/>): Phase 1's SDK hands it to the app as text.</param>
internal sealed record TaskV1(string Id, string Data);

/// <summary>The work: see <see cref="Ledger.HashChain"/>.</summary>
internal sealed record TaskDataV1(string Kind, string Input, uint Unit, uint Steps, uint Segment);

/// <summary><c>POST /proof</c>.</summary>
internal sealed record ProofV1(
    string? TaskId,
    string? DeviceId,
    long? Timestamp,
    string? OutputDigest,
    string? Checkpoint,
    ExecutionMetadataV1? ExecutionMetadata,
    string? Signature);

/// <summary>What the phone measured; not judged.</summary>
internal sealed record ExecutionMetadataV1(long? ExecutionTimeMs, long? CpuCycles);

/// <summary>What <c>POST /proof</c> answers.</summary>
internal sealed record ProofReplyV1(bool Accepted, string? Reason);

/// <summary>What <c>GET /stats</c> answers.</summary>
/// <param name="TotalMicroblocks">Finalized blocks.</param>
/// <param name="PendingReceipts">Entries acknowledged by this node and not finalized yet.</param>
/// <param name="Anchored">How many of the blocks lie under an anchor.</param>
internal sealed record StatsV1(ulong TotalMicroblocks, int PendingReceipts, ulong Anchored);

/// <summary>A refusal: the code, a colon and a sentence.</summary>
internal sealed record ErrorV1(string Error);

/// <summary>What <c>POST /telemetry</c> answers.</summary>
internal sealed record TelemetryReplyV1(bool Accepted);

/// <summary>Phase 1's JSON: camelCase.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TelemetryV1))]
[JsonSerializable(typeof(TaskRequestV1))]
[JsonSerializable(typeof(TaskV1))]
[JsonSerializable(typeof(TaskDataV1))]
[JsonSerializable(typeof(ProofV1))]
[JsonSerializable(typeof(ProofReplyV1))]
[JsonSerializable(typeof(StatsV1))]
[JsonSerializable(typeof(ErrorV1))]
[JsonSerializable(typeof(TelemetryReplyV1))]
internal sealed partial class V1Json : JsonSerializerContext;
