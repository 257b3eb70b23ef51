using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceClient;

/// <summary>
/// The Phase-1 SDK as phones have it, byte for byte: camelCase JSON, an ECDSA P-256 signature in DER over the concatenated text, a dummy checkpoint, -1 for
/// what a sensor does not give, and a cycle count that may overflow. It knows no node from another: every call may go to a different one.
/// </summary>
/// <param name="http">Shared between devices.</param>
/// <param name="id">16 lower-case hexadecimal digits.</param>
/// <param name="key">A P-256 key; the SDK never sends it.</param>
/// <param name="time">The phone's clock.</param>
public sealed class V1Device(HttpClient http, string id, DeviceKey key, TimeProvider time)
{
    /// <summary>What old SDKs send for a checkpoint.</summary>
    public const string DummyCheckpoint = "dummy_checkpoint";

    /// <summary>The device id.</summary>
    public string Id => id;

    /// <summary>The id of the phone of this number in a run.</summary>
    public static string IdOf(ulong runSeed, int number) => Convert.ToHexStringLower(DeviceKey.SeedOf(runSeed, "v1-id", number).AsSpan(0, 8));

    /// <summary><c>GET /ping</c>.</summary>
    public async Task<bool> PingAsync(Uri node, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.GetAsync(new Uri(node, "/ping"), cancellationToken);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary><c>POST /telemetry</c>. Temperature and latency are -1 when unknown.</summary>
    public async Task<V1Reply> TelemetryAsync(
        Uri node, float battery, bool charging, float temperature, long latencyMs, CancellationToken cancellationToken)
    {
        string body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"deviceId":"{{id}}","batteryPercentage":{{battery:0.0#}},"isCharging":{{(charging ? "true" : "false")}},"cpuTemperature":{{temperature:0.0#}},"networkLatency":{{latencyMs}}}""");
        return await PostAsync(node, "/telemetry", body, cancellationToken);
    }

    /// <summary><c>POST /task</c>: 200 with a task, or 404 with an error.</summary>
    public async Task<(V1Task? Task, V1Reply Reply)> TaskAsync(Uri node, CancellationToken cancellationToken)
    {
        V1Reply reply = await PostAsync(node, "/task", $$"""{"deviceId":"{{id}}"}""", cancellationToken);
        V1Task? task = reply.Status == HttpStatusCode.OK && NodeClient.Text(reply.Body, "id") is { } task1 && NodeClient.Text(reply.Body, "data") is { } data
            ? new V1Task(task1, data)
            : null;
        return (task, reply);
    }

    /// <summary>What the app on the phone does with a task: computes, and gives back the digest of the output.</summary>
    public static string Execute(V1Task task)
    {
        using JsonDocument data = JsonDocument.Parse(task.Data);
        JsonElement root = data.RootElement;
        if (NodeClient.Text(root, "kind") != "hash-chain" || !Hash256.TryParse(NodeClient.Text(root, "input"), out Hash256 input))
        {
            throw new InvalidDataException($"Not a task that a phone knows: {task.Data}");
        }

        TaskResult result = HashChain.Execute(
            input, root.GetProperty("unit").GetUInt32(), root.GetProperty("steps").GetUInt32(), root.GetProperty("segment").GetUInt32());
        return result.Output.ToString();
    }

    /// <summary><c>POST /proof</c>: 202, or 400 with a reason.</summary>
    public Task<V1Reply> ProofAsync(
        Uri node, string taskId, string outputDigest, long executionTimeMs, long cpuCycles, CancellationToken cancellationToken) =>
        PostAsync(node, "/proof", ProofBody(taskId, outputDigest, executionTimeMs, cpuCycles), cancellationToken);

    /// <summary>The body of <c>POST /proof</c>, signed.</summary>
    public string ProofBody(string taskId, string outputDigest, long executionTimeMs, long cpuCycles)
    {
        long timestamp = time.GetUtcNow().ToUnixTimeMilliseconds();
        string text = string.Concat(taskId, id, timestamp.ToString(CultureInfo.InvariantCulture), outputDigest);
        string signature = Convert.ToBase64String(key.Sign(Encoding.UTF8.GetBytes(text)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"taskId":"{{{taskId}}}","deviceId":"{{{id}}}","timestamp":{{{timestamp}}},"outputDigest":"{{{outputDigest}}}","checkpoint":"{{{DummyCheckpoint}}}","executionMetadata":{"executionTimeMs":{{{executionTimeMs}}},"cpuCycles":{{{cpuCycles}}}},"signature":"{{{signature}}}"}""");
    }

    private async Task<V1Reply> PostAsync(Uri node, string path, string body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using HttpResponseMessage response = await http.PostAsync(new Uri(node, path), content, cancellationToken);
            string text = await response.Content.ReadAsStringAsync(cancellationToken);
            return new V1Reply(response.StatusCode, text);
        }
        catch (Exception cause) when (NodeClient.IsUnreachable(cause, cancellationToken))
        {
            return new V1Reply(0, "");
        }
    }
}

/// <summary>A task as Phase 1 gives it out.</summary>
/// <param name="Id">64 hexadecimal digits.</param>
/// <param name="Data">What to compute, for the app to read.</param>
public sealed record V1Task(string Id, string Data);

/// <summary>A reply of Phase 1's calls.</summary>
/// <param name="Status">0 when the node does not answer.</param>
/// <param name="Text">The body as text.</param>
public sealed record V1Reply(HttpStatusCode Status, string Text)
{
    /// <summary>The body as JSON; undefined when it is none.</summary>
    public JsonElement Body
    {
        get
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(Text));
            try
            {
                return Text.Length > 0 && JsonElement.TryParseValue(ref reader, out JsonElement? value) ? value.Value : default;
            }
            catch (JsonException)
            {
                // Plain text, as /ping answers.
                return default;
            }
        }
    }

    /// <summary>The stable code of a refusal, which stands before the colon; empty when there is none.</summary>
    public string Code => ((NodeClient.Text(Body, "error") ?? NodeClient.Text(Body, "reason")) is { } text ? text.Split(':')[0] : Status == 0 ? PostResult.Unreachable : "");
}
