using System.Net;
using System.Text.Json;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.DeviceApi.Tests.Support;
using Aeamc.P2P.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aeamc.P2P.DeviceApi.Tests.V2;

public sealed class ReadTests : IAsyncLifetime
{
    private readonly TestNetwork _network = new();
    private InMemoryNode _node = null!;
    private ApiServer _server = null!;
    private List<string> _routes = [];

    public async ValueTask InitializeAsync()
    {
        _node = new InMemoryNode(_network);
        _server = await ApiServer.StartAsync(_node, more: (app, _) => _routes =
            [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Select(route => route.RoutePattern.RawText!)]);
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(_server.Failures.Lines);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_block_s_header_hashes_to_its_hash()
    {
        await _server.PostTaskAsync(_network.Requester);
        foreach (string height in new[] { "0", "1", "latest" })
        {
            (HttpStatusCode status, JsonElement block) = await _server.GetJsonAsync($"/v2/blocks/{height}");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.True(MicroblockHeader.TryDecode(Convert.FromHexString(block.GetProperty("header").GetString()!), out MicroblockHeader? header));
            Assert.Equal(block.GetProperty("hash").GetString(), header.ComputeHash().ToString());
            Assert.Equal(block.GetProperty("height").GetUInt64(), header.Height.Value);
        }
    }

    [Fact]
    public async Task An_explanation_comes_in_sentences()
    {
        (HttpStatusCode status, JsonElement explanation) = await _server.GetJsonAsync("/v2/explain/block/0");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("block 0", explanation.GetProperty("subject").GetString());
        Assert.Equal("Block 0 is final.", explanation.GetProperty("sentences")[0].GetString());
    }

    [Fact]
    public async Task Costly_reads_are_bounded_per_address_and_call_and_say_when_to_ask_again()
    {
        var time = new ManualTime();
        await using ApiServer strict = await ApiServer.StartAsync(
            new InMemoryNode(_network, time),
            ApiServer.Loopback with { ReadsPerMinute = 2 },
            (app, limits) => app.MapGet("/metrics", limits.Read("metrics", context => context.Response.WriteAsync("up 1\n"))));
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(HttpStatusCode.OK, (await strict.GetJsonAsync("/v2/explain/block/0")).Status);
        }

        using HttpResponseMessage refused = await strict.Http.GetAsync("/v2/explain/member/nobody");
        Assert.Equal((HttpStatusCode.TooManyRequests, 30.0), (refused.StatusCode, refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
        await SubmissionTests.Expect(HttpStatusCode.TooManyRequests, "rate_limited", strict.GetJsonAsync("/v2/explain/block/0"));

        // Another call has a budget of its own, and what is cheap has none.
        Assert.Equal("up 1\n", await strict.Http.GetStringAsync("/metrics"));
        Assert.Equal("up 1\n", await strict.Http.GetStringAsync("/metrics"));
        await SubmissionTests.Expect(HttpStatusCode.TooManyRequests, "rate_limited", strict.GetJsonAsync("/metrics"));
        Assert.Equal(HttpStatusCode.OK, (await strict.GetJsonAsync("/v2/status")).Status);

        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.OK, (await strict.GetJsonAsync("/v2/explain/block/0")).Status);
        await SubmissionTests.Expect(HttpStatusCode.TooManyRequests, "rate_limited", strict.GetJsonAsync("/v2/explain/block/0"));
    }

    [Theory]
    [InlineData("/v2/blocks/99", HttpStatusCode.NotFound, "block_unknown")]
    [InlineData("/v2/blocks/-1", HttpStatusCode.BadRequest, "id_malformed")]
    [InlineData("/v2/blocks/99999999999999999999999", HttpStatusCode.BadRequest, "id_malformed")]
    [InlineData("/v2/checkpoints/latest", HttpStatusCode.NotFound, "checkpoint_unknown")]
    [InlineData("/v2/checkpoints/x", HttpStatusCode.BadRequest, "id_malformed")]
    [InlineData("/v2/receipts/xyz", HttpStatusCode.BadRequest, "id_malformed")]
    [InlineData("/v2/receipts/0000000000000000000000000000000000000000000000000000000000000000", HttpStatusCode.NotFound, "receipt_unknown")]
    [InlineData("/v2/receipts/0000000000000000000000000000000000000000000000000000000000000000/proof", HttpStatusCode.NotFound, "proof_unknown")]
    [InlineData("/v2/tasks/0000000000000000000000000000000000000000000000000000000000000000", HttpStatusCode.NotFound, "task_unknown")]
    [InlineData("/v2/devices/0011223344556677", HttpStatusCode.NotFound, "device_unknown")]
    [InlineData("/v2/devices/did:aeamc:nonsense", HttpStatusCode.BadRequest, "id_malformed")]
    [InlineData("/v2/explain/block/99", HttpStatusCode.NotFound, "block_unknown")]
    [InlineData("/v2/explain/member/nobody", HttpStatusCode.NotFound, "member_unknown")]
    [InlineData("/v2/explain/weather/1", HttpStatusCode.BadRequest, "id_malformed")]
    [InlineData("/v2/explain/proof/00000000000000000000000000000000000000000000000000000000000000000", HttpStatusCode.BadRequest, "id_malformed")]
    [InlineData("/v2/nothing/here", HttpStatusCode.NotFound, "route_unknown")]
    public async Task What_is_not_there_is_said_so(string path, HttpStatusCode status, string code) =>
        await SubmissionTests.Expect(status, code, _server.GetJsonAsync(path));

    [Fact]
    public async Task A_checkpoint_is_the_first_at_or_above_and_verifies()
    {
        _node.Checkpoint();
        _node.Checkpoint();
        (_, JsonElement first) = await _server.GetJsonAsync("/v2/checkpoints/3");
        (_, JsonElement latest) = await _server.GetJsonAsync("/v2/checkpoints/latest");
        Assert.Equal((10UL, 20UL), (first.GetProperty("height").GetUInt64(), latest.GetProperty("height").GetUInt64()));
        Assert.Equal(ProofVerdict.Valid, Decode(first).Verify(_node.Trust, new GroupSigner()));
    }

    [Fact]
    public async Task Status_and_nodes_name_the_network_and_its_members()
    {
        (_, JsonElement status) = await _server.GetJsonAsync("/v2/status");
        Assert.Equal(TestNetwork.Name, status.GetProperty("network").GetString());
        Assert.True(status.GetProperty("ready").GetBoolean());
        (_, JsonElement nodes) = await _server.GetJsonAsync("/v2/nodes");
        JsonElement node = Assert.Single(nodes.GetProperty("nodes").EnumerateArray());
        Assert.Equal(("node-0", true), (node.GetProperty("label").GetString(), node.GetProperty("answering").GetBoolean()));
    }

    [Fact]
    public async Task A_client_that_asks_for_messagepack_gets_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/nodes");
        request.Headers.Accept.ParseAdd("application/msgpack");
        using HttpResponseMessage response = await _server.Http.SendAsync(request);
        Assert.Equal("application/msgpack", response.Content.Headers.ContentType!.MediaType);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("81a56e6f6465739185a76e6f64655f6964d940", Convert.ToHexStringLower(body)[..38]);
    }

    [Fact]
    public async Task The_description_names_exactly_the_calls_that_are_served()
    {
        (_, JsonElement document) = await _server.GetJsonAsync("/openapi/v2.json");
        string[] described = [.. document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal)];
        string[] served = [.. _routes.Where(route => route.StartsWith("/v2/", StringComparison.Ordinal) && !route.Contains("**", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(served, described);
    }

    [Fact]
    public async Task Events_come_as_they_happen_and_streams_are_counted()
    {
        await using ApiServer small = await ApiServer.StartAsync(_node, ApiServer.Loopback with { MaxEventStreams = 1 });
        using HttpResponseMessage stream = await small.Http.GetAsync("/v2/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        Assert.Equal(": open", await reader.ReadLineAsync());
        Assert.Equal("", await reader.ReadLineAsync());
        await SubmissionTests.Expect(HttpStatusCode.ServiceUnavailable, "too_many_streams", small.GetJsonAsync("/v2/events"));

        // The stream may follow the node only a moment after its first line: blocks are made until one arrives.
        Task<string?> line = reader.ReadLineAsync();
        while (!line.IsCompleted)
        {
            _node.Checkpoint();
            await Task.Yield();
        }

        Assert.Equal("event: block", await line);
        Assert.StartsWith("id: ", await reader.ReadLineAsync(), StringComparison.Ordinal);
        string data = (await reader.ReadLineAsync())!;
        Assert.StartsWith("data: ", data, StringComparison.Ordinal);
        using JsonDocument block = JsonDocument.Parse(data[6..]);
        Assert.Equal(64, block.RootElement.GetProperty("state_root").GetString()!.Length);
        Assert.True(block.RootElement.GetProperty("height").GetUInt64() > 0);
    }

    private static SignedCheckpoint Decode(JsonElement reply)
    {
        var reader = new MessagePackReader(reply.GetProperty("encoded").GetBytesFromBase64());
        Assert.True(SignedCheckpoint.TryDecode(ref reader, out SignedCheckpoint? signed));
        return signed;
    }
}
