using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.Tests.Support;

/// <summary>Calls as any HTTP client would make them.</summary>
public static class ApiCalls
{
    public static async Task<(HttpStatusCode Status, JsonElement Body)> JsonAsync(this Task<HttpResponseMessage> call)
    {
        using HttpResponseMessage response = await call;
        string text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public static Task<(HttpStatusCode Status, JsonElement Body)> GetJsonAsync(this ApiServer server, string path) => server.Http.GetAsync(path).JsonAsync();

    public static Task<(HttpStatusCode Status, JsonElement Body)> PostJsonAsync(this ApiServer server, string path, string body) =>
        server.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json")).JsonAsync();

    public static Task<(HttpStatusCode Status, JsonElement Body)> PostEnvelopeAsync(this ApiServer server, string path, Envelope envelope) =>
        server.PostBytesAsync(path, envelope.Encode());

    public static Task<(HttpStatusCode Status, JsonElement Body)> PostBytesAsync(
        this ApiServer server, string path, byte[] body, string type = "application/msgpack")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return server.Http.PostAsync(path, content).JsonAsync();
    }

    public static string Code(this JsonElement body) => body.GetProperty("code").GetString()!;

    private static long _last;

    /// <summary>The time, never the same twice: a device's lease requests must be strictly later than the one before, and two calls fit in a millisecond.</summary>
    public static Timestamp Now()
    {
        long last = Volatile.Read(ref _last);
        while (true)
        {
            long next = Math.Max(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), last + 1);
            long seen = Interlocked.CompareExchange(ref _last, next, last);
            if (seen == last)
            {
                return new((ulong)next);
            }

            last = seen;
        }
    }

    public static byte[] Nonce() => System.Security.Cryptography.RandomNumberGenerator.GetBytes(16);

    public static Inception Inception(this TestKey key) => new(key.PublicKey, null, [TaskKind.HashChain], null);

    /// <summary>Registers a device and sends its first heartbeat.</summary>
    public static async Task<DeviceId> IntroduceAsync(this ApiServer server, TestKey key)
    {
        (_, JsonElement challenge) = await server.GetJsonAsync("/v2/challenge");
        var registration = new DeviceRegistration(key.Inception(), challenge.GetProperty("challenge").GetBytesFromBase64(), Now());
        (HttpStatusCode status, JsonElement body) = await server.PostEnvelopeAsync("/v2/devices", key.Seal(registration));
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(registration.Device.ToString(), body.GetProperty("did").GetString());
        var heartbeat = new Heartbeat(registration.Device, Now(), Nonce(), new Telemetry(8000, false, 1000, 4500, 50, 10_000));
        (status, _) = await server.PostEnvelopeAsync("/v2/heartbeats", key.Seal(heartbeat));
        Assert.Equal(HttpStatusCode.Accepted, status);
        return registration.Device;
    }

    /// <summary>Posts a task of some units.</summary>
    public static async Task<Hash256> PostTaskAsync(this ApiServer server, TestKey requester, ushort units = 16, uint steps = 8)
    {
        var post = new TaskPost(
            TaskKind.HashChain, Hash256.Of(Nonce()), steps, 4, units, default, Now().Plus(3_600_000), Now(), Nonce());
        (HttpStatusCode status, JsonElement body) = await server.PostEnvelopeAsync("/v2/tasks", requester.Seal(post));
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.True(Hash256.TryParse(body.GetProperty("id").GetString(), out Hash256 id));
        return id;
    }

    public static Task<(HttpStatusCode Status, JsonElement Body)> LeaseAsync(this ApiServer server, TestKey key, DeviceId device, ushort count) =>
        server.PostEnvelopeAsync("/v2/leases", key.Seal(new LeaseRequest(device, count, Now(), Nonce())));

    /// <summary>The proof of one unit of a lease.</summary>
    public static TaskProof Prove(JsonElement lease, DeviceId device, ushort unit)
    {
        Assert.True(Hash256.TryParse(lease.GetProperty("post").GetString(), out Hash256 post));
        Assert.True(Hash256.TryParse(lease.GetProperty("id").GetString(), out Hash256 id));
        Assert.True(Hash256.TryParse(lease.GetProperty("input").GetString(), out Hash256 input));
        TaskResult result = HashChain.Execute(input, unit, lease.GetProperty("steps").GetUInt32(), lease.GetProperty("segment").GetUInt32());
        Hash256 taskId = TaskUnit.Id(post, unit);
        byte[] nonce = Nonce();
        return new TaskProof(
            device, taskId, id, unit, Now(), result.Output, nonce, result.TraceRoot, TaskProof.CheckpointOf(taskId, nonce, result.TraceRoot), 1, 2);
    }
}
