using System.Text.Json.Serialization;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.Http;

namespace Aeamc.P2P.DeviceApi.V2;

/// <summary>The JSON of version 2: snake_case names, hashes and keys in lower-case hexadecimal, other bytes in base64, times in Unix milliseconds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiProblem))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(BlockFinalizedEvent))]
[JsonSerializable(typeof(CheckpointSignedEvent))]
[JsonSerializable(typeof(AnchoredEvent))]
[JsonSerializable(typeof(BlockReply))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(CheckpointReply))]
[JsonSerializable(typeof(NodesReply))]
[JsonSerializable(typeof(ChallengeReply))]
[JsonSerializable(typeof(AcceptedReply))]
[JsonSerializable(typeof(LeaseReply))]
[JsonSerializable(typeof(DeviceReply))]
[JsonSerializable(typeof(TaskReply))]
[JsonSerializable(typeof(ReceiptReply))]
[JsonSerializable(typeof(ProofReply))]
[JsonSerializable(typeof(EnvelopeJson))]
public sealed partial class V2Json : JsonSerializerContext;
