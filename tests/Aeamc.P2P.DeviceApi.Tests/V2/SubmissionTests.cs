using System.Net;
using System.Text.Json;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.Tests.Support;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.Tests.V2;

public sealed class SubmissionTests : IAsyncLifetime
{
    private readonly TestNetwork _network = new();
    private readonly TestKey _key = new("device");
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
    }

    [Fact]
    public async Task A_device_registers_works_and_gets_a_receipt_that_proves_itself()
    {
        Hash256 post = await _server.PostTaskAsync(_network.Requester);
        DeviceId device = await _server.IntroduceAsync(_key);
        (HttpStatusCode status, JsonElement lease) = await _server.LeaseAsync(_key, device, 4);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(post.ToString(), lease.GetProperty("post").GetString());
        Assert.Equal((0, 4, true), (lease.GetProperty("first").GetInt32(), lease.GetProperty("count").GetInt32(), lease.GetProperty("open").GetBoolean()));

        byte[] envelope = _key.Seal(ApiCalls.Prove(lease, device, 2)).Encode();
        (status, JsonElement accepted) = await _server.PostBytesAsync("/v2/proofs", envelope);
        Assert.Equal(HttpStatusCode.Accepted, status);
        (_, JsonElement again) = await _server.PostBytesAsync("/v2/proofs", envelope);
        Assert.Equal(accepted.GetRawText(), again.GetRawText());
        Assert.Equal(1UL, _node.State.Counters.ProofsCounted);

        string path = accepted.GetProperty("receipt").GetString()!;
        (_, JsonElement receipt) = await _server.GetJsonAsync(path);
        Assert.Equal("finalized", receipt.GetProperty("stage").GetString());
        _node.Checkpoint();
        (_, receipt) = await _server.GetJsonAsync(path);
        Assert.Equal("checkpointed", receipt.GetProperty("stage").GetString());

        (_, JsonElement json) = await _server.GetJsonAsync(receipt.GetProperty("proof").GetString()!);
        Assert.True(ReceiptProof.TryDecode(json.GetProperty("encoded").GetBytesFromBase64(), out ReceiptProof? proof));
        Assert.Equal(ProofVerdict.Valid, proof.VerifyCheckpointed(_node.Trust, new GroupSigner()));
        Assert.Equal(envelope, proof.Entry.Bytes.ToArray());
        using var request = new HttpRequestMessage(HttpMethod.Get, path + "/proof");
        request.Headers.Accept.ParseAdd("application/octet-stream");
        using HttpResponseMessage binary = await _server.Http.SendAsync(request);
        Assert.Equal("application/octet-stream", binary.Content.Headers.ContentType!.MediaType);
        Assert.Equal(proof.Encode(), await binary.Content.ReadAsByteArrayAsync());

        (_, JsonElement record) = await _server.GetJsonAsync($"/v2/devices/{device}");
        Assert.Equal((5875, 1UL), (record.GetProperty("score").GetInt32(), record.GetProperty("succeeded").GetUInt64()));
        Assert.Equal(1, record.GetProperty("lease").GetProperty("proven").GetInt32());
        (_, JsonElement task) = await _server.GetJsonAsync($"/v2/tasks/{post}");
        Assert.Equal((12, 1, "open"), (task.GetProperty("available").GetInt32(), task.GetProperty("proven").GetInt32(), task.GetProperty("phase").GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_envelope_may_be_json(bool base64Key)
    {
        DeviceId device = await _server.IntroduceAsync(_key);
        Envelope envelope = _key.Seal(new Heartbeat(device, ApiCalls.Now().Plus(5), ApiCalls.Nonce(), default));
        string kid = base64Key ? Convert.ToBase64String(envelope.Key.ToArray()) : envelope.Key.ToString();
        string body = $$"""{"payload":"{{Convert.ToBase64String(envelope.Payload)}}","kid":"{{kid}}","alg":"Ed25519","sig":"{{Convert.ToBase64String(envelope.Signature)}}"}""";
        (HttpStatusCode status, _) = await _server.PostJsonAsync("/v2/heartbeats", body);
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(2UL, _node.State.Counters.HeartbeatsCounted);
    }

    [Fact]
    public async Task Refusals_have_codes_sentences_and_fitting_statuses()
    {
        DeviceId device = await _server.IntroduceAsync(_key);
        await Expect(HttpStatusCode.NotFound, "no_task_available", _server.LeaseAsync(_key, device, 4));
        await _server.PostTaskAsync(_network.Requester);
        (_, JsonElement lease) = await _server.LeaseAsync(_key, device, 4);
        await Expect(HttpStatusCode.Conflict, "lease_unfinished", _server.LeaseAsync(_key, device, 4));
        await Expect(HttpStatusCode.UnprocessableEntity, "lease_count_invalid", _server.LeaseAsync(_key, device, 5000));
        TaskProof good = ApiCalls.Prove(lease, device, 1);
        await Expect(HttpStatusCode.UnprocessableEntity, "checkpoint_mismatch", Post(good with { Checkpoint = default }));
        await Expect(HttpStatusCode.UnprocessableEntity, "timestamp_expired", Post(good with { Timestamp = new Timestamp(1) }));
        await Expect(HttpStatusCode.NotFound, "lease_unknown", Post(good with { Lease = default }));
        await Expect(HttpStatusCode.Forbidden, "key_mismatch", _server.PostEnvelopeAsync("/v2/proofs", new TestKey("thief").Seal(good)));
        Envelope envelope = _key.Seal(good);
        envelope.Signature[5] ^= 1;
        await Expect(HttpStatusCode.Forbidden, "signature_invalid", _server.PostEnvelopeAsync("/v2/proofs", envelope));
        await Expect(HttpStatusCode.BadRequest, "malformed_entry", _server.PostEnvelopeAsync("/v2/heartbeats", _key.Seal(good)));
        await Expect(HttpStatusCode.Forbidden, "requester_unknown", _server.PostEnvelopeAsync(
            "/v2/tasks",
            _key.Seal(new TaskPost(TaskKind.HashChain, default, 1, 1, 1, default, ApiCalls.Now().Plus(1000), ApiCalls.Now(), ApiCalls.Nonce()))));

        Task<(HttpStatusCode, JsonElement)> Post(TaskProof proof) => _server.PostEnvelopeAsync("/v2/proofs", _key.Seal(proof));
    }

    [Fact]
    public async Task A_registration_needs_this_node_s_challenge()
    {
        var registration = new DeviceRegistration(_key.Inception(), new byte[32], ApiCalls.Now());
        await Expect(HttpStatusCode.Forbidden, "challenge_unknown", _server.PostEnvelopeAsync("/v2/devices", _key.Seal(registration)));
        await using ApiServer other = await ApiServer.StartAsync(_node);
        (_, JsonElement challenge) = await other.GetJsonAsync("/v2/challenge");
        registration = new DeviceRegistration(_key.Inception(), challenge.GetProperty("challenge").GetBytesFromBase64(), ApiCalls.Now());
        await Expect(HttpStatusCode.Forbidden, "challenge_unknown", _server.PostEnvelopeAsync("/v2/devices", _key.Seal(registration)));
        (HttpStatusCode status, _) = await other.PostEnvelopeAsync("/v2/devices", _key.Seal(registration));
        Assert.Equal(HttpStatusCode.Accepted, status);
    }

    [Fact]
    public async Task Bodies_of_another_type_or_size_are_refused()
    {
        await Expect(HttpStatusCode.UnsupportedMediaType, "media_type_unsupported", _server.PostBytesAsync("/v2/proofs", [1], "text/plain"));
        await Expect(HttpStatusCode.BadRequest, "body_malformed", _server.PostBytesAsync("/v2/proofs", []));
        await Expect(HttpStatusCode.BadRequest, "body_malformed", _server.PostJsonAsync("/v2/proofs", "[]"));
        await Expect(HttpStatusCode.BadRequest, "body_malformed", _server.PostJsonAsync("/v2/proofs", """{"payload":1}"""));
        await Expect(HttpStatusCode.RequestEntityTooLarge, "body_too_large", _server.PostBytesAsync("/v2/proofs", new byte[65 * 1024]));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/v2/proofs") { Content = new ByteArrayContent(new byte[70 * 1024]) };
        chunked.Content.Headers.TryAddWithoutValidation("Content-Type", "application/msgpack");
        chunked.Headers.TransferEncodingChunked = true;
        await Expect(HttpStatusCode.RequestEntityTooLarge, "body_too_large", _server.Http.SendAsync(chunked).JsonAsync());
        Assert.Equal(0, _node.Submissions);
    }

    [Fact]
    public async Task Limits_answer_429_and_say_when()
    {
        await using ApiServer strict = await ApiServer.StartAsync(_node, new DeviceApiOptions { RegisterPerHour = 1, MessagesPerMinute = 3 });
        DeviceId device = await strict.IntroduceAsync(_key);
        var content = new ByteArrayContent(new TestKey("second").Seal(new DeviceRegistration(new TestKey("second").Inception(), new byte[32], ApiCalls.Now())).Encode());
        content.Headers.TryAddWithoutValidation("Content-Type", "application/msgpack");
        using HttpResponseMessage response = await strict.Http.PostAsync("/v2/devices", content);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 50, 60);

        await Expect(HttpStatusCode.NotFound, "no_task_available", strict.LeaseAsync(_key, device, 1));
        await Expect(HttpStatusCode.TooManyRequests, "rate_limited", strict.LeaseAsync(_key, device, 1));
    }

    [Fact]
    public async Task Who_sends_forgeries_is_slowed_down_whatever_keys_they_name()
    {
        DeviceId device = await _server.IntroduceAsync(_key);
        await using ApiServer strict = await ApiServer.StartAsync(_node, new DeviceApiOptions { MessagesPerMinute = 5 });
        for (int i = 0; i < 5; i++)
        {
            Envelope forged = new TestKey($"stranger {i}").Seal(new Heartbeat(device, ApiCalls.Now(), ApiCalls.Nonce(), default));
            forged.Signature[0] ^= 1;
            await Expect(HttpStatusCode.Forbidden, "signature_invalid", strict.PostEnvelopeAsync("/v2/heartbeats", forged));
        }

        long before = _node.Submissions;
        Envelope next = new TestKey("stranger 6").Seal(new Heartbeat(device, ApiCalls.Now(), ApiCalls.Nonce(), default));
        await Expect(HttpStatusCode.TooManyRequests, "rate_limited", strict.PostEnvelopeAsync("/v2/heartbeats", next));
        Assert.Equal(before, _node.Submissions);
    }

    [Fact]
    public async Task A_busy_node_is_503_with_retry_after()
    {
        _node.Answer = new Submission(SubmissionStatus.Busy, default, RefusalCode.None);
        await Expect(HttpStatusCode.ServiceUnavailable, "busy", _server.PostEnvelopeAsync(
            "/v2/heartbeats", _key.Seal(new Heartbeat(_key.Inception().DeviceId(), ApiCalls.Now(), ApiCalls.Nonce(), default))));
    }

    [Fact]
    public async Task A_lease_whose_block_does_not_come_is_202_and_shows_on_the_receipt_later()
    {
        await using ApiServer impatient = await ApiServer.StartAsync(_node, ApiServer.Loopback with { BlockWait = TimeSpan.FromMilliseconds(1) });
        await impatient.PostTaskAsync(_network.Requester);
        DeviceId device = await impatient.IntroduceAsync(_key);
        _node.IsStuck = true;
        (HttpStatusCode status, JsonElement body) = await impatient.LeaseAsync(_key, device, 2);
        Assert.Equal(HttpStatusCode.Accepted, status);
        (_, JsonElement receipt) = await impatient.GetJsonAsync(body.GetProperty("receipt").GetString()!);
        Assert.Equal("pending", receipt.GetProperty("stage").GetString());
        Assert.False(receipt.TryGetProperty("height", out _));
    }

    [Fact]
    public async Task Every_refusal_code_has_an_answer()
    {
        var heartbeat = new Heartbeat(_key.Inception().DeviceId(), ApiCalls.Now(), ApiCalls.Nonce(), default);
        foreach (RefusalCode code in Enum.GetValues<RefusalCode>().Where(code => code != RefusalCode.None))
        {
            _node.Answer = new Submission(SubmissionStatus.Refused, default, code);
            (HttpStatusCode status, JsonElement body) = await _server.PostEnvelopeAsync("/v2/heartbeats", _key.Seal(heartbeat));
            Assert.Equal(code.Code(), body.Code());
            Assert.True((int)status is >= 400 and < 500 || status == HttpStatusCode.ServiceUnavailable);
        }
    }

    internal static async Task Expect(HttpStatusCode status, string code, Task<(HttpStatusCode Status, JsonElement Body)> call)
    {
        (HttpStatusCode seen, JsonElement body) = await call;
        Assert.Equal((status, code), (seen, body.Code()));
        Assert.NotEmpty(body.GetProperty("message").GetString()!);
    }
}
