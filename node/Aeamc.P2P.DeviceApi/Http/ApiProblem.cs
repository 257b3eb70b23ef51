using System.Globalization;
using System.Text.Json.Serialization;
using Aeamc.P2P.Ledger;
using Microsoft.AspNetCore.Http;

namespace Aeamc.P2P.DeviceApi.Http;

/// <summary>A refusal as version 2 sends it (after RFC 9457): a stable code, a sentence, and where it is not in the sentence what to do.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Stable, snake_case.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Mend">What to do about it.</param>
public sealed record ApiProblem([property: JsonIgnore] int Status, string Code, string Message, string? Mend = null)
{
    /// <summary>Seconds after which to try again, for the <c>Retry-After</c> header.</summary>
    [JsonIgnore]
    public int? RetryAfterSeconds { get; init; }

    public static ApiProblem BodyMalformed { get; } = new(
        StatusCodes.Status400BadRequest, "body_malformed", "The body cannot be read.", "Send the JSON object or MessagePack array that /openapi/v2.json describes.");

    public static ApiProblem RequestMalformed { get; } = new(
        StatusCodes.Status400BadRequest, "request_malformed", "The request is not well-formed HTTP.");

    public static ApiProblem IdMalformed { get; } = new(
        StatusCodes.Status400BadRequest, "id_malformed", "The id in the path is not of the documented form.", "Use the id exactly as a node gave it out.");

    public static ApiProblem MediaTypeUnsupported { get; } = new(
        StatusCodes.Status415UnsupportedMediaType,
        "media_type_unsupported",
        "This content type is not read here.",
        "Send application/json or application/msgpack.");

    public static ApiProblem ChallengeUnknown { get; } = new(
        StatusCodes.Status403Forbidden,
        "challenge_unknown",
        "This node did not hand out that challenge, or too long ago.",
        "Get /v2/challenge from the node you register at and use it within five minutes.");

    public static ApiProblem Busy { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "busy", "The node has as much waiting as it may hold.", "Try again in a moment, or at another node.")
    {
        RetryAfterSeconds = 1,
    };

    public static ApiProblem TooManyStreams { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "too_many_streams", "As many event streams are open as the node serves.", "Use another node, or poll.")
    {
        RetryAfterSeconds = 60,
    };

    public static ApiProblem RouteUnknown { get; } = new(
        StatusCodes.Status404NotFound, "route_unknown", "There is no such call.", "See /openapi/v2.json.");

    public static ApiProblem BodyTooLarge(int limit) => new(
        StatusCodes.Status413PayloadTooLarge,
        "body_too_large",
        string.Create(CultureInfo.InvariantCulture, $"The body is longer than {limit} bytes."));

    public static ApiProblem RateLimited(TimeSpan retryAfter) => new(
        StatusCodes.Status429TooManyRequests, "rate_limited", "Too many requests.", "Wait as long as Retry-After says.")
    {
        RetryAfterSeconds = (int)Math.Clamp(Math.Ceiling(retryAfter.TotalSeconds), 1, 86_400),
    };

    /// <summary>Something that the path names and this node does not have.</summary>
    public static ApiProblem Unknown(string what, string mend) => new(
        StatusCodes.Status404NotFound, what + "_unknown", $"This node knows no such {what}.", mend);

    /// <summary>A refusal by the ledger's rules.</summary>
    public static ApiProblem Of(RefusalCode code) => new(StatusOf(code), code.Code(), code.Explain())
    {
        RetryAfterSeconds = code is RefusalCode.HeartbeatTooSoon or RefusalCode.DeviceCapacity or RefusalCode.TaskCapacity ? 1 : null,
    };

    private static int StatusOf(RefusalCode code) => code switch
    {
        RefusalCode.SignatureInvalid or RefusalCode.KeyMismatch or RefusalCode.RequesterUnknown or RefusalCode.NotAMember
            or RefusalCode.DeviceBlocked or RefusalCode.V1Disabled or RefusalCode.V1Superseded or RefusalCode.V1KeyMismatch
            or RefusalCode.ScoreBelowGate or RefusalCode.HeartbeatsMissing => StatusCodes.Status403Forbidden,
        RefusalCode.DeviceUnknown or RefusalCode.NoTaskAvailable or RefusalCode.LeaseUnknown => StatusCodes.Status404NotFound,
        RefusalCode.DeviceExists or RefusalCode.HeartbeatStale or RefusalCode.TaskDuplicate or RefusalCode.LeaseUnfinished
            or RefusalCode.LeaseRequestStale or RefusalCode.ProofDuplicate or RefusalCode.DkgDuplicate or RefusalCode.DkgFinished
            or RefusalCode.AnchorDuplicate or RefusalCode.EvidenceDuplicate or RefusalCode.KeyAmbiguous => StatusCodes.Status409Conflict,
        RefusalCode.LeaseExpired => StatusCodes.Status410Gone,
        RefusalCode.HeartbeatTooSoon => StatusCodes.Status429TooManyRequests,
        RefusalCode.DeviceCapacity or RefusalCode.TaskCapacity => StatusCodes.Status503ServiceUnavailable,
        RefusalCode.MalformedEntry or RefusalCode.SignatureMalformed or RefusalCode.TaskIdMalformed or RefusalCode.DeviceIdMalformed
            or RefusalCode.TimestampMalformed or RefusalCode.DigestMalformed => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
