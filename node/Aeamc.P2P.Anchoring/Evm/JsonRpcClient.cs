using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>
/// JSON-RPC 2.0 over HTTP to one chain through several URLs. A URL that fails is left alone for a while and the next one is asked; an answer has a
/// time limit and a size limit, so no endpoint can hold up or fill up the node.
/// </summary>
public sealed class JsonRpcClient : IDisposable
{
    private const int MaxAnswerSize = 4 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly RpcEndpoint[] _endpoints;
    private readonly TimeProvider _time;
    private long _id;

    /// <param name="urls">In order of preference; user:password in one is sent as basic authentication.</param>
    /// <param name="time">Measures time limits and pauses.</param>
    /// <exception cref="ArgumentException">No URL, or one that is neither http nor https.</exception>
    public JsonRpcClient(IReadOnlyList<Uri> urls, TimeProvider time)
    {
        if (urls.Count == 0 || urls.Any(url => !url.IsAbsoluteUri || url.Scheme is not ("http" or "https")))
        {
            throw new ArgumentException("An EVM chain takes one or more http or https URLs.", nameof(urls));
        }

        _endpoints = [.. urls.Select(url => new RpcEndpoint(url))];
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(10), ConnectTimeout = Timeout })
        {
            MaxResponseContentBufferSize = MaxAnswerSize,
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The <c>result</c> of a call; a JSON null is given as <see cref="JsonValueKind.Null"/>.</summary>
    /// <exception cref="EvmRpcException">The endpoint answered with an error.</exception>
    /// <exception cref="EvmUnavailableException">Every endpoint failed.</exception>
    public async Task<JsonElement> CallAsync(string method, JsonArray parameters, CancellationToken cancellation)
    {
        string request = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = Interlocked.Increment(ref _id),
            ["method"] = method,
            ["params"] = parameters,
        }.ToJsonString();

        var troubles = new StringBuilder();
        Exception? last = null;
        foreach (RpcEndpoint endpoint in Candidates())
        {
            try
            {
                JsonElement result = await AskAsync(endpoint.Url, method, request, cancellation).ConfigureAwait(false);
                endpoint.Succeeded();
                return result;
            }
            catch (EvmRpcException)
            {
                endpoint.Succeeded();
                throw;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or EvmUnavailableException
                || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                // Only the host: a path or a query often holds an access token.
                endpoint.Failed(_time.GetUtcNow());
                string reason = failure is OperationCanceledException ? $"no answer in {Timeout.TotalSeconds:0} s" : failure.Message;
                troubles.Append(troubles.Length == 0 ? "" : "; ").Append(endpoint.Url.Host).Append(':').Append(endpoint.Url.Port).Append(": ").Append(reason);
                last = failure;
            }
        }

        throw new EvmUnavailableException(troubles.ToString(), last);
    }

    public void Dispose() => _http.Dispose();

    // Those not being left alone, in order; when there are none, the one whose pause ends first.
    private List<RpcEndpoint> Candidates()
    {
        DateTimeOffset now = _time.GetUtcNow();
        List<RpcEndpoint> usable = [.. _endpoints.Where(endpoint => endpoint.UsableFrom <= now)];
        return usable.Count > 0 ? usable : [_endpoints.MinBy(endpoint => endpoint.UsableFrom)!];
    }

    private async Task<JsonElement> AskAsync(Uri url, string method, string request, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(request, Encoding.UTF8, "application/json") };
        if (url.UserInfo.Length > 0)
        {
            message.Headers.Authorization =
                new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo))));
        }

        using HttpResponseMessage response = await _http.SendAsync(message, either.Token).ConfigureAwait(false);
        byte[] body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
        JsonElement answer;
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            answer = document.RootElement.Clone();
        }
        catch (JsonException) when (!response.IsSuccessStatusCode)
        {
            throw new EvmUnavailableException($"HTTP {(int)response.StatusCode}");
        }

        if (answer.ValueKind == JsonValueKind.Object)
        {
            if (answer.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.Object)
            {
                // Some clients answer an error with 200, some with 400; 401, 429 and 5xx say that this URL cannot be used now.
                throw (int)response.StatusCode is 401 or 403 or 429 or >= 500
                    ? new EvmUnavailableException($"HTTP {(int)response.StatusCode}")
                    : RpcError(method, error);
            }

            if (response.IsSuccessStatusCode && answer.TryGetProperty("result", out JsonElement result))
            {
                return result;
            }
        }

        throw new EvmUnavailableException($"{method}: HTTP {(int)response.StatusCode} without a result");
    }

    private static EvmRpcException RpcError(string method, JsonElement error)
    {
        long code = error.TryGetProperty("code", out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out long value) ? value : 0;
        string message = error.TryGetProperty("message", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "no reason given";
        byte[] data = [];
        if (error.TryGetProperty("data", out JsonElement extra) && extra.ValueKind == JsonValueKind.String)
        {
            Hex.TryData(extra.GetString(), out data);
        }

        return new EvmRpcException(method, code, message, data);
    }
}
