using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.Tests.Support;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.Tests.V1;

public sealed class V1EndpointTests : IAsyncLifetime
{
    private const string Phone = "00112233445566aa";
    private const string Telemetry = """{"deviceId":"00112233445566aa","batteryPercentage":80.0,"isCharging":false,"cpuTemperature":45.0,"networkLatency":50}""";

    private readonly TestNetwork _network = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private InMemoryNode _node = null!;
    private ApiServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _node = new InMemoryNode(_network);
        _server = await ApiServer.StartAsync(_node);
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(_server.Failures.Lines);
        await _server.DisposeAsync();
        _key.Dispose();
    }

    [Theory]
    [InlineData("/ping")]
    [InlineData("/")]
    public async Task The_greeting_is_text(string path)
    {
        using HttpResponseMessage response = await _server.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.NotEmpty(await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Telemetry_then_task_then_proof_as_in_phase_1()
    {
        await _server.PostTaskAsync(_network.Requester);
        (HttpStatusCode status, _) = await _server.PostJsonAsync("/telemetry", Telemetry);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(DeviceId.TryParseV1(Phone, out DeviceId id));
        Assert.True(_node.State.TryGetDevice(id, out DeviceRecord? device));
        Assert.Equal(5875, device.Score.TenThousandths);

        // The first proof leaves two keys and is held; the second leaves one, and both count.
        for (int round = 0; round < 3; round++)
        {
            (status, JsonElement task) = await _server.PostJsonAsync("/task", $$"""{"deviceId":"{{Phone}}"}""");
            Assert.Equal(HttpStatusCode.OK, status);
            (_, JsonElement again) = await _server.PostJsonAsync("/task", $$"""{"deviceId":"{{Phone}}"}""");
            Assert.Equal(task.GetProperty("id").GetString(), again.GetProperty("id").GetString());
            Assert.Equal(2, task.EnumerateObject().Count());
            string body = Proof(task);
            (status, JsonElement answer) = await _server.PostJsonAsync("/proof", body);
            Assert.Equal((HttpStatusCode.Accepted, """{"accepted":true}"""), (status, answer.GetRawText()));
            (status, answer) = await _server.PostJsonAsync("/proof", body);
            Assert.Equal((HttpStatusCode.Accepted, """{"accepted":true}"""), (status, answer.GetRawText()));
        }

        Assert.Equal(3UL, _node.State.Counters.ProofsCounted);
        (status, JsonElement stats) = await _server.GetJsonAsync("/stats");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal($$"""{"totalMicroblocks":{{_node.Head}},"pendingReceipts":0,"anchored":3}""", stats.GetRawText());
    }

    [Fact]
    public async Task Unknown_sensors_score_nothing_and_unknown_fields_are_ignored()
    {
        (HttpStatusCode status, _) = await _server.PostJsonAsync(
            "/telemetry",
            """{"deviceId":"00112233445566aa","batteryPercentage":80,"isCharging":true,"cpuTemperature":-1,"networkLatency":-1,"model":"old","x":[{}]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(DeviceId.TryParseV1(Phone, out DeviceId id));
        Assert.True(_node.State.TryGetDevice(id, out DeviceRecord? device));
        Assert.Equal(5200, device.Score.TenThousandths);
    }

    [Fact]
    public async Task Without_work_the_answer_is_404_with_an_error()
    {
        (HttpStatusCode status, JsonElement body) = await _server.PostJsonAsync("/task", $$"""{"deviceId":"{{Phone}}"}""");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.StartsWith("device_unknown: ", body.GetProperty("error").GetString(), StringComparison.Ordinal);
        await _server.PostJsonAsync("/telemetry", Telemetry);
        (status, body) = await _server.PostJsonAsync("/task", $$"""{"deviceId":"{{Phone}}"}""");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.StartsWith("no_task_available: ", body.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_that_waits_too_long_for_its_block_is_404_and_asked_for_again()
    {
        await using ApiServer impatient = await ApiServer.StartAsync(_node, ApiServer.Loopback with { BlockWait = TimeSpan.FromMilliseconds(1) });
        await impatient.PostTaskAsync(_network.Requester);
        await impatient.PostJsonAsync("/telemetry", Telemetry);
        _node.IsStuck = true;
        (HttpStatusCode status, JsonElement body) = await impatient.PostJsonAsync("/task", $$"""{"deviceId":"{{Phone}}"}""");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.StartsWith("lease_pending: ", body.GetProperty("error").GetString(), StringComparison.Ordinal);
        _node.IsStuck = false;
        (status, _) = await impatient.PostJsonAsync("/task", $$"""{"deviceId":"{{Phone}}"}""");
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData("taskId", "\"abc\"", "task_id_malformed")]
    [InlineData("deviceId", "\"00112233445566AA\"", "device_id_malformed")]
    [InlineData("timestamp", "123", "timestamp_malformed")]
    [InlineData("outputDigest", "\"zz\"", "digest_malformed")]
    [InlineData("signature", "\"not base64!\"", "signature_malformed")]
    [InlineData("signature", "\"AAAA\"", "signature_malformed")]
    [InlineData("timestamp", "1600000000000", "timestamp_expired")]
    [InlineData("timestamp", "9999999999999", "timestamp_ahead")]
    public async Task A_bad_proof_is_400_with_a_reason(string field, string value, string reason)
    {
        await _server.PostTaskAsync(_network.Requester);
        await _server.PostJsonAsync("/telemetry", Telemetry);
        (_, JsonElement task) = await _server.PostJsonAsync("/task", $$"""{"deviceId":"{{Phone}}"}""");
        using JsonDocument good = JsonDocument.Parse(Proof(task));
        string body = "{" + string.Join(
            ',', good.RootElement.EnumerateObject().Select(property => $"\"{property.Name}\":{(property.Name == field ? value : property.Value.GetRawText())}")) + "}";
        (HttpStatusCode status, JsonElement answer) = await _server.PostJsonAsync("/proof", body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.False(answer.GetProperty("accepted").GetBoolean());
        Assert.StartsWith(reason + ": ", answer.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/telemetry")]
    [InlineData("/task")]
    [InlineData("/proof")]
    public async Task A_busy_node_says_so(string path)
    {
        await _server.PostTaskAsync(_network.Requester);
        await _server.PostJsonAsync("/telemetry", Telemetry);
        (_, JsonElement task) = await _server.PostJsonAsync("/task", $$"""{"deviceId":"{{Phone}}"}""");
        _node.Answer = new Submission(SubmissionStatus.Busy, default, RefusalCode.None);
        string body = path == "/proof" ? Proof(task) : Telemetry.Replace("6aa", "6ab", StringComparison.Ordinal);
        using HttpResponseMessage response = await _server.Http.PostAsync(path, new StringContent(body));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Too_many_calls_of_one_phone_are_429_and_another_phone_goes_on()
    {
        await using ApiServer strict = await ApiServer.StartAsync(_node, new DeviceApiOptions { MessagesPerMinute = 2 });
        for (int call = 0; call < 4; call++)
        {
            using HttpResponseMessage response = await strict.Http.PostAsync("/telemetry", new StringContent(Telemetry));
            Assert.Equal(call < 2 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.Equal(call < 2, response.Headers.RetryAfter is null);
        }

        (HttpStatusCode status, _) = await strict.PostJsonAsync("/telemetry", Telemetry.Replace("6aa", "6ab", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, status);
    }

    private string Proof(JsonElement task)
    {
        string id = task.GetProperty("id").GetString()!;
        using JsonDocument data = JsonDocument.Parse(task.GetProperty("data").GetString()!);
        JsonElement work = data.RootElement;
        Assert.Equal("hash-chain", work.GetProperty("kind").GetString());
        Assert.True(Hash256.TryParse(work.GetProperty("input").GetString(), out Hash256 input));
        string digest = HashChain.Execute(
            input, work.GetProperty("unit").GetUInt32(), work.GetProperty("steps").GetUInt32(), work.GetProperty("segment").GetUInt32()).Output.ToString();
        long timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        byte[] text = Encoding.UTF8.GetBytes($"{id}{Phone}{timestamp}{digest}");
        string signature = Convert.ToBase64String(_key.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        return $$$"""{"taskId":"{{{id}}}","deviceId":"{{{Phone}}}","timestamp":{{{timestamp}}},"outputDigest":"{{{digest}}}","checkpoint":"dummy_checkpoint","executionMetadata":{"executionTimeMs":12,"cpuCycles":-2147483648},"signature":"{{{signature}}}"}""";
    }
}
