using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Aeamc.P2P.DeviceApi.V2;
using Microsoft.AspNetCore.Http;

namespace Aeamc.P2P.DeviceApi.Http;

/// <summary>Writes replies: JSON, or MessagePack for a client that asks for it and not for JSON.</summary>
internal static class Reply
{
    public const string Json = "application/json";
    public const string ProblemJson = "application/problem+json";
    public const string MessagePack = "application/msgpack";
    public const string Binary = "application/octet-stream";

    /// <summary>Sends a value with the field names of its JSON form.</summary>
    public static Task SendAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        return Wants(context, "msgpack")
            ? BytesAsync(context, status, MessagePack, JsonTranscoder.ToMessagePack(json))
            : BytesAsync(context, status, Json, json);
    }

    /// <summary>Sends a refusal.</summary>
    public static Task ProblemAsync(HttpContext context, ApiProblem problem)
    {
        if (problem.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(problem, V2Json.Default.ApiProblem);
        return Wants(context, "msgpack")
            ? BytesAsync(context, problem.Status, MessagePack, JsonTranscoder.ToMessagePack(json))
            : BytesAsync(context, problem.Status, ProblemJson, json);
    }

    /// <summary>Sends bytes as they are.</summary>
    public static async Task BytesAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> bytes)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>Whether the client names a media type and does not also name JSON.</summary>
    public static bool Wants(HttpContext context, string subtype)
    {
        foreach (string? accept in context.Request.Headers.Accept)
        {
            if (accept is not null
                && accept.Contains(subtype, StringComparison.OrdinalIgnoreCase)
                && !accept.Contains("json", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
