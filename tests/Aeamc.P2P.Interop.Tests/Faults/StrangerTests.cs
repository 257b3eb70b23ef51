using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Aeamc.P2P.DeviceApi.Gateway;

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>Garbage on a node's ports is refused and counted, and the node goes on.</summary>
[Collection(ProcessCollection.Name)]
public sealed class StrangerTests(RunningNetwork running) : IClassFixture<RunningNetwork>
{
    private const int Target = 1;

    private readonly TestNetwork _network = running.Network;

    public static TheoryData<string> Libp2pGarbage => ["noise", "an HTTP request", "a wrong protocol", "a broken handshake", "nothing but a length"];

    [Theory]
    [MemberData(nameof(Libp2pGarbage))]
    public async Task Garbage_on_the_libp2p_port_is_refused_and_counted(string kind)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        long before = Refusals(await _network.StatusAsync(Target, cancellation));

        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _network.Testnet.P2PPort(Target), cancellation);
        NetworkStream stream = socket.GetStream();
        await SendAsync(stream, Garbage(kind), cancellation);
        await ReadToEndAsync(stream, cancellation);

        await _network.Testnet.WaitForAsync(Target, "a refusal being counted", TestNetwork.Patience, status => Refusals(status) > before, cancellation);
        await AssertUnaffectedAsync(cancellation);
    }

    [Theory]
    [InlineData("\0\u0001\u0002\u0003 not HTTP at all\r\n\r\n", "http-malformed")]
    [InlineData("GET /v2/status HTTP/9.9\r\n\r\n", "http-version-unsupported")]
    [InlineData("POST /v2/proofs HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", "http-malformed")]
    [InlineData("GET /v2/status HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "http-malformed")]
    [InlineData("POST /v2/proofs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", "http-malformed")]
    public async Task What_is_not_HTTP_is_answered_with_400_and_counted(string request, string reason)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        long before = Count(await _network.StatusAsync(Target, cancellation), reason);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _network.Testnet.ApiAddress(Target).Port, cancellation);
        NetworkStream stream = socket.GetStream();
        await SendAsync(stream, Encoding.Latin1.GetBytes(request), cancellation);
        string reply = Encoding.ASCII.GetString(await ReadToEndAsync(stream, cancellation));
        Assert.Matches("^HTTP/1.1 (400|505) ", reply);
        await AssertCountedAsync(reason, before, cancellation);
        await AssertUnaffectedAsync(cancellation);
    }

    [Theory]
    [InlineData("/v2/proofs", "application/msgpack", HttpStatusCode.BadRequest, "http-malformed")]
    [InlineData("/v2/devices", "application/json", HttpStatusCode.BadRequest, "http-malformed")]
    [InlineData("/v2/heartbeats", "text/plain", HttpStatusCode.UnsupportedMediaType, "http-media-type-unsupported")]
    [InlineData("/v2/nothing", "application/json", HttpStatusCode.NotFound, "http-route-unknown")]
    public async Task A_body_of_garbage_is_refused_with_a_code_and_counted(string path, string type, HttpStatusCode expected, string reason)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        long before = Count(await _network.StatusAsync(Target, cancellation), reason);
        using HttpResponseMessage reply = await PostAsync(path, type, Noise(300), cancellation);
        Assert.Equal(expected, reply.StatusCode);
        Assert.Contains("\"code\":\"", await reply.Content.ReadAsStringAsync(cancellation), StringComparison.Ordinal);
        await AssertCountedAsync(reason, before, cancellation);
        await AssertUnaffectedAsync(cancellation);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_and_counted()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        long before = Count(await _network.StatusAsync(Target, cancellation), "http-body-too-large");
        using HttpResponseMessage reply = await PostAsync("/v2/proofs", "application/msgpack", Noise(70_000), cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
        await AssertCountedAsync("http-body-too-large", before, cancellation);
        await AssertUnaffectedAsync(cancellation);
    }

    /// <summary>The same bytes in each run.</summary>
    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Garbage(string kind) => kind switch
    {
        "noise" => Noise(64 * 1024),
        "an HTTP request" => "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(),
        "a wrong protocol" => [.. Line("/multistream/2.0.0")],
        "a broken handshake" => [.. Line("/multistream/1.0.0"), .. Line("/noise"), 0, 200, .. Noise(200)],
        "nothing but a length" => [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>A multistream-select message: length, text, newline.</summary>
    private static byte[] Line(string text) => [(byte)(text.Length + 1), .. Encoding.ASCII.GetBytes(text), (byte)'\n'];

    private static long Refusals(NodeStatus status) => status.NetworkRefusals.Values.Sum();

    private static long Count(NodeStatus status, string reason) => status.NetworkRefusals.GetValueOrDefault(reason);

    /// <summary>Exactly one refusal more: the answer is sent after it was counted.</summary>
    private async Task AssertCountedAsync(string reason, long before, CancellationToken cancellation)
    {
        NodeStatus status = await _network.StatusAsync(Target, cancellation);
        Assert.Equal(before + 1, Count(status, reason));
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string type, byte[] body, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await http.PostAsync(new Uri(_network.Testnet.ApiAddress(Target), path), content, cancellation);
    }

    /// <summary>The same process still makes blocks with the others.</summary>
    private async Task AssertUnaffectedAsync(CancellationToken cancellation)
    {
        Assert.False(_network.Testnet.Process(Target)!.HasExited);
        await _network.WaitForBlocksAsync([Target], than: 0, more: 2, cancellation);
        NodeStatus status = await _network.Testnet.WaitForAsync(Target, "being ready", TestNetwork.Patience, seen => seen.Ready, cancellation);
        Assert.All(status.Committee, member => Assert.True(member.Connected));
    }

    /// <summary>A peer that closes the connection while it is still written to is as good as one that waits.</summary>
    private static async Task SendAsync(NetworkStream stream, byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            await stream.WriteAsync(bytes, cancellation);
        }
        catch (IOException)
        {
            Assert.False(stream.Socket.Connected);
        }
    }

    /// <summary>What the node sent until it closed the connection, which it must do within the test's patience.</summary>
    private static async Task<byte[]> ReadToEndAsync(NetworkStream stream, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TestNetwork.Patience);
        var received = new MemoryStream();
        try
        {
            await stream.CopyToAsync(received, patience.Token);
        }
        catch (IOException reset) when (reset.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // Closed with our bytes unread.
            Assert.NotNull(reset);
        }

        return received.ToArray();
    }
}
