using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Aeamc.P2P.DeviceApi.Tests.Support;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.DeviceApi.Tests;

public sealed class FuzzTests
{
    private static readonly string[] V1Paths = ["/telemetry", "/task", "/proof"];
    private static readonly string[] V2Paths = ["/v2/devices", "/v2/heartbeats", "/v2/leases", "/v2/proofs", "/v2/tasks"];
    private static readonly string[] Types = ["application/json", "application/msgpack", "application/x-msgpack; q=1"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Broken_bodies_get_a_4xx_with_a_code_and_change_nothing(int seed)
    {
        var random = new Random(seed);
        var network = new TestNetwork();
        var node = new InMemoryNode(network);
        await using ApiServer server = await ApiServer.StartAsync(node);
        var key = new TestKey("device");
        await server.PostTaskAsync(network.Requester);
        DeviceId device = await server.IntroduceAsync(key);
        (_, JsonElement lease) = await server.LeaseAsync(key, device, 2);
        string root = node.State.Root.ToString();
        byte[][] seeds =
        [
            key.Seal(ApiCalls.Prove(lease, device, 0)).Encode(),
            key.Seal(new LeaseRequest(device, 2, ApiCalls.Now(), ApiCalls.Nonce())).Encode(),
            Encoding.UTF8.GetBytes("""{"payload":"AAAA","kid":"00","alg":"Ed25519","sig":"AAAA"}"""),
            Encoding.UTF8.GetBytes("""{"deviceId":"00112233445566a","taskId":"","timestamp":1,"signature":"MEUCIQ==","executionMetadata":{"cpuCycles":-1}}"""),
            Encoding.UTF8.GetBytes("""{"deviceId":"00112233445566a","batteryPercentage":1e999,"isCharging":false,"cpuTemperature":-1}"""),
            Encoding.UTF8.GetBytes(new string('[', 500)),
            [],
        ];
        for (int round = 0; round < 1500; round++)
        {
            string path = random.Next(3) == 0 ? V1Paths[random.Next(V1Paths.Length)] : V2Paths[random.Next(V2Paths.Length)];
            byte[] body = Mutate(seeds[random.Next(seeds.Length)], random);
            var content = new ByteArrayContent(body);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(Types[random.Next(Types.Length)]);
            using HttpResponseMessage response = await server.Http.PostAsync(path, content);
            string text = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode is >= 400 and < 500, $"{path}: {(int)response.StatusCode} {text} for {Convert.ToHexString(body)}");
            JsonElement reply = JsonDocument.Parse(text).RootElement;
            Assert.True(reply.TryGetProperty("code", out _) || reply.TryGetProperty("error", out _) || reply.TryGetProperty("reason", out _), text);
        }

        Assert.Equal(root, node.State.Root.ToString());
        Assert.Empty(server.Failures.Lines);
    }

    [Fact]
    public async Task Bytes_that_are_no_http_leave_the_server_unmoved()
    {
        var random = new Random(4);
        await using ApiServer server = await ApiServer.StartAsync(new InMemoryNode(new TestNetwork()));
        for (int round = 0; round < 200; round++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
            NetworkStream stream = client.GetStream();
            byte[] noise = new byte[random.Next(1, 2000)];
            random.NextBytes(noise);
            byte[] start = round % 2 == 0 ? Encoding.ASCII.GetBytes("POST /v2/proofs HTTP/1.1\r\nHost: x\r\nContent-Type: application/msgpack\r\nTransfer-Encoding: chunked\r\n\r\n") : [];
            try
            {
                await stream.WriteAsync((byte[])[.. start, .. noise]);
                client.Client.Shutdown(SocketShutdown.Send);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                string reply = await reader.ReadToEndAsync();
                Assert.DoesNotContain(" 500 ", reply, StringComparison.Ordinal);
                Assert.DoesNotContain(" 200 ", reply, StringComparison.Ordinal);
            }
            catch (Exception cut) when (cut is IOException or SocketException)
            {
                // The server may cut the connection of one who speaks no HTTP.
                continue;
            }
        }

        Assert.Empty(server.Failures.Lines);
        (HttpStatusCode status, _) = await server.GetJsonAsync("/v2/status");
        Assert.Equal(HttpStatusCode.OK, status);
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        byte[] body = [.. seed];
        switch (random.Next(4))
        {
            case 0 when body.Length > 0:
                body = body[..random.Next(body.Length)];
                break;
            case 1:
                body = new byte[random.Next(600)];
                random.NextBytes(body);
                break;
            case 2:
                body = [.. body, (byte)random.Next(256)];
                break;
            default:
                for (int change = random.Next(1, 8); change > 0 && body.Length > 0; change--)
                {
                    body[random.Next(body.Length)] ^= (byte)random.Next(1, 256);
                }

                break;
        }

        return body;
    }
}
