using System.Net;
using System.Net.Sockets;
using System.Text;
using Aeamc.P2P.Anchoring.Evm;

namespace Aeamc.P2P.Anchoring.Tests.Evm;

/// <summary>Endpoints that fail, lie or flood.</summary>
public sealed class JsonRpcClientTests
{
    private const string Good = """{"jsonrpc":"2.0","id":1,"result":"0x2a"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("500 Internal Server Error", "oops")]
    [InlineData("429 Too Many Requests", """{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"slow down"}}""")]
    [InlineData("200 OK", "<html>a login page</html>")]
    [InlineData("200 OK", "")]
    [InlineData("200 OK", "[]")]
    [InlineData("200 OK", """{"jsonrpc":"2.0","id":1}""")]
    public async Task The_next_endpoint_answers_for_one_that_does_not(string status, string body)
    {
        using var bad = new StubEndpoint(status, body);
        using var good = new StubEndpoint("200 OK", Good);
        var time = new ManualTime();
        using var client = new JsonRpcClient([bad.Url, good.Url], time);
        Assert.Equal("0x2a", (await client.CallAsync("eth_chainId", [], Cancellation)).GetString());
        Assert.Equal("0x2a", (await client.CallAsync("eth_chainId", [], Cancellation)).GetString());
        Assert.Equal(1, bad.Requests);

        // After its pause the preferred one is asked again.
        time.Advance(TimeSpan.FromSeconds(2));
        await client.CallAsync("eth_chainId", [], Cancellation);
        Assert.Equal(2, bad.Requests);
        Assert.Equal(3, good.Requests);
    }

    [Fact]
    public async Task An_answer_beyond_the_size_limit_is_not_read()
    {
        using var flood = new StubEndpoint("200 OK", new string(' ', 5 << 20));
        using var client = new JsonRpcClient([flood.Url], new ManualTime());
        await Assert.ThrowsAsync<EvmUnavailableException>(() => client.CallAsync("eth_chainId", [], Cancellation));
    }

    [Fact]
    public async Task An_error_is_given_with_its_code_and_data_and_no_other_endpoint_is_asked()
    {
        using var refusing = new StubEndpoint("200 OK", """{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted","data":"0x1309a563"}}""");
        using var other = new StubEndpoint("200 OK", Good);
        using var client = new JsonRpcClient([refusing.Url, other.Url], new ManualTime());
        EvmRpcException refusal = await Assert.ThrowsAsync<EvmRpcException>(() => client.CallAsync("eth_call", [], Cancellation));
        Assert.Equal(3, refusal.Code);
        Assert.Equal("the contract refuses with IsPaused", AnchorContract.Explain(refusal));
        Assert.Equal(0, other.Requests);
    }

    [Fact]
    public async Task The_trouble_names_the_host_and_not_the_token_in_the_path()
    {
        using var bad = new StubEndpoint("503 Service Unavailable", "");
        using var client = new JsonRpcClient([new Uri(bad.Url, "/v3/secret-token")], new ManualTime());
        EvmUnavailableException trouble = await Assert.ThrowsAsync<EvmUnavailableException>(() => client.CallAsync("eth_chainId", [], Cancellation));
        Assert.Contains("127.0.0.1", trouble.Message);
        Assert.DoesNotContain("secret-token", trouble.Message);
    }

    [Theory]
    [InlineData("\"0x\"")]
    [InlineData("\"42\"")]
    [InlineData("42")]
    [InlineData("null")]
    [InlineData("\"0x1ffffffffffffffffffffffffffffffff\"")]
    public async Task A_quantity_of_another_form_is_refused(string result)
    {
        using var odd = new StubEndpoint("200 OK", """{"jsonrpc":"2.0","id":1,"result":""" + result + "}");
        using var rpc = new EvmRpc([odd.Url], new ManualTime());
        await Assert.ThrowsAsync<EvmUnavailableException>(() => rpc.GasPriceAsync(Cancellation));
    }

    [Fact]
    public void Only_http_urls_are_taken()
    {
        Assert.Throws<ArgumentException>(() => new JsonRpcClient([], TimeProvider.System));
        Assert.Throws<ArgumentException>(() => new JsonRpcClient([new Uri("ftp://127.0.0.1")], TimeProvider.System));
    }

    /// <summary>An HTTP server that gives everybody the same answer.</summary>
    private sealed class StubEndpoint : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly byte[] _answer;
        private int _requests;

        public StubEndpoint(string status, string body)
        {
            _answer = Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
            _listener.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
            _ = ServeAsync();
        }

        public Uri Url { get; }

        public int Requests => Volatile.Read(ref _requests);

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using TcpClient client = await _listener.AcceptTcpClientAsync(Cancellation);
                    Interlocked.Increment(ref _requests);
                    NetworkStream stream = client.GetStream();
                    await ReadRequestAsync(stream);
                    await stream.WriteAsync(_answer, Cancellation);
                }
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException or IOException or OperationCanceledException)
            {
                // The test is over, or the client has read as much as it wants.
            }
        }

        // JSON-RPC requests end with a brace that closes the first one.
        private static async Task ReadRequestAsync(NetworkStream stream)
        {
            var text = new StringBuilder();
            var buffer = new byte[4096];
            int read;
            while (!Complete(text.ToString()) && (read = await stream.ReadAsync(buffer, Cancellation)) > 0)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }

            static bool Complete(string request)
            {
                int body = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                return body >= 0 && body + 4 < request.Length && request.EndsWith('}');
            }
        }
    }
}
