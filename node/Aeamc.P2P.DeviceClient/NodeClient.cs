using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceClient;

/// <summary>One node's device API, version 2, over a shared <see cref="HttpClient"/>. A node that does not answer is a result, not an exception.</summary>
/// <param name="http">Kept alive and shared between clients.</param>
/// <param name="node">The node's base address.</param>
/// <param name="time">The clock of the pauses between polls.</param>
public sealed class NodeClient(HttpClient http, Uri node, TimeProvider time)
{
    private static readonly MediaTypeHeaderValue MessagePack = new("application/msgpack");
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(50);

    /// <summary>The node's base address.</summary>
    public Uri Node => node;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>An <see cref="HttpClient"/> for many calls to few hosts; time-outs come from the caller's tokens and the node's own bounds.</summary>
    public static HttpClient CreateHttp(int connectionsPerNode = 64) => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = connectionsPerNode,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
    })
    {
        Timeout = TimeSpan.FromSeconds(15),
    };

    /// <summary>Posts an envelope.</summary>
    /// <param name="path">For example <c>/v2/proofs</c>.</param>
    /// <param name="envelope">Its canonical bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(PostResult Result, JsonElement Body)> PostAsync(string path, byte[] envelope, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(envelope);
        content.Headers.ContentType = MessagePack;
        (HttpStatusCode? status, JsonElement body, TimeSpan? retryAfter) = await SendAsync(HttpMethod.Post, path, content, cancellationToken);
        if (status is null)
        {
            return (new PostResult(false, default, PostResult.Unreachable, $"{node} does not answer.", null), body);
        }

        if (status is HttpStatusCode.Accepted or HttpStatusCode.OK)
        {
            bool named = Hash256.TryParse(Text(body, "id"), out Hash256 id);
            return (new PostResult(named, id, named ? "" : "reply_malformed", "", null), body);
        }

        string code = Text(body, "code") ?? "http_" + (int)status;
        return (new PostResult(false, default, code, Text(body, "message") ?? "", retryAfter), body);
    }

    /// <summary>A challenge for a registration; null when the node does not answer.</summary>
    public async Task<byte[]?> ChallengeAsync(CancellationToken cancellationToken)
    {
        JsonElement? body = await GetAsync("/v2/challenge", cancellationToken);
        return body is { } json && json.TryGetProperty("challenge", out JsonElement challenge) && challenge.TryGetBytesFromBase64(out byte[]? bytes)
            ? bytes
            : null;
    }

    /// <summary>The JSON at a path; null when the node does not answer or answers with an error.</summary>
    public async Task<JsonElement?> GetAsync(string path, CancellationToken cancellationToken)
    {
        (HttpStatusCode? status, JsonElement body, _) = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        return status == HttpStatusCode.OK ? body : null;
    }

    /// <summary>What became of an entry; null while the node does not know it.</summary>
    public async Task<Receipt?> ReceiptAsync(Hash256 id, CancellationToken cancellationToken)
    {
        if (await GetAsync($"/v2/receipts/{id}", cancellationToken) is not { } body || Text(body, "stage") is not { } stage)
        {
            return null;
        }

        ulong height = body.TryGetProperty("height", out JsonElement value) && value.TryGetUInt64(out ulong number) ? number : 0;
        return new Receipt(stage, height, Text(body, "code") ?? "");
    }

    /// <summary>Waits until an entry is as far as asked.</summary>
    public async Task<Receipt> WaitForReceiptAsync(Hash256 id, Func<Receipt, bool> isFar, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await ReceiptAsync(id, cancellationToken) is { } receipt && isFar(receipt))
            {
                return receipt;
            }

            await Task.Delay(PollPause, time, cancellationToken);
        }
    }

    /// <summary>The proof of an entry; null while there is none.</summary>
    public async Task<ReceiptProof?> ProofAsync(Hash256 id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node, $"/v2/receipts/{id}/proof"));
        request.Headers.Accept.ParseAdd("application/octet-stream");
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.StatusCode == HttpStatusCode.OK && ReceiptProof.TryDecode(bytes, out ReceiptProof? proof) ? proof : null;
        }
        catch (Exception cause) when (IsUnreachable(cause, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>A string property of an object, or null.</summary>
    public static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>Whether an exception says that the node is not there, rather than that the caller gave up.</summary>
    internal static bool IsUnreachable(Exception cause, CancellationToken cancellationToken) =>
        cause is HttpRequestException or IOException || (cause is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private async Task<(HttpStatusCode? Status, JsonElement Body, TimeSpan? RetryAfter)> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(node, path)) { Content = content };
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return (response.StatusCode, Parse(bytes), response.Headers.RetryAfter?.Delta);
        }
        catch (Exception cause) when (IsUnreachable(cause, cancellationToken))
        {
            return (null, default, null);
        }
    }

    private static JsonElement Parse(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        try
        {
            return JsonElement.TryParseValue(ref reader, out JsonElement? value) ? value.Value : default;
        }
        catch (JsonException)
        {
            // Not a node's reply; the status still says something.
            return default;
        }
    }
}
