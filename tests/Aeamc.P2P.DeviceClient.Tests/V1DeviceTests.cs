using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.DeviceApi.Tests.Support;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceClient.Tests;

public sealed class V1DeviceTests
{
    private const string Id = "00112233445566aa";

    [Fact]
    public async Task It_works_through_every_node_in_turn()
    {
        var network = new TestNetwork();
        var node = new InMemoryNode(network);
        List<ApiServer> servers = [];
        for (int i = 0; i < 4; i++)
        {
            servers.Add(await ApiServer.StartAsync(node));
        }

        await servers[0].PostTaskAsync(network.Requester);
        using HttpClient http = NodeClient.CreateHttp();
        using DeviceKey key = DeviceKey.P256(7, "v1", 0);
        var device = new V1Device(http, Id, key, TimeProvider.System);
        for (int round = 0; round < 8; round++)
        {
            // Telemetry, task and proof each go to another node.
            Assert.True(await device.PingAsync(Node(round), default));
            Assert.Equal(HttpStatusCode.OK, (await device.TelemetryAsync(Node(round), 80, false, -1, -1, default)).Status);
            (V1Task? task, _) = await device.TaskAsync(Node(round + 1), default);
            Assert.NotNull(task);
            V1Reply reply = await device.ProofAsync(Node(round + 2), task.Id, V1Device.Execute(task), 12, int.MinValue, default);
            Assert.Equal((HttpStatusCode.Accepted, """{"accepted":true}"""), (reply.Status, reply.Text));
        }

        Assert.Equal(8UL, node.State.Counters.ProofsCounted);
        Assert.True(DeviceId.TryParseV1(Id, out DeviceId id));
        Assert.True(node.State.TryGetDevice(id, out DeviceRecord? record));
        Assert.Equal((DeviceStanding.Trusted, key.PublicKey), (record.Standing, record.Key!.Value));
        V1Reply refused = await device.ProofAsync(Node(0), new string('0', 64), new string('0', 64), 1, 1, default);
        Assert.Equal((HttpStatusCode.BadRequest, "lease_unknown"), (refused.Status, refused.Code));
        foreach (ApiServer server in servers)
        {
            Assert.Empty(server.Failures.Lines);
            await server.DisposeAsync();
        }

        Uri Node(int number) => servers[number % servers.Count].Address;
    }

    [Fact]
    public void The_proof_s_body_is_the_sdk_s()
    {
        using HttpClient http = NodeClient.CreateHttp();
        using DeviceKey key = DeviceKey.P256(7, "v1", 0);
        var device = new V1Device(http, Id, key, new ManualTime());
        string task = new('a', 64);
        string digest = new('b', 64);
        string body = device.ProofBody(task, digest, 12, -5);
        const string Start = """{"taskId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","deviceId":"00112233445566aa","timestamp":1767225600000,"outputDigest":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","checkpoint":"dummy_checkpoint","executionMetadata":{"executionTimeMs":12,"cpuCycles":-5},"signature":""" + "\"";
        Assert.StartsWith(Start, body, StringComparison.Ordinal);
        byte[] signature = Convert.FromBase64String(JsonDocument.Parse(body).RootElement.GetProperty("signature").GetString()!);
        byte[] text = Encoding.UTF8.GetBytes(task + Id + "1767225600000" + digest);
        Assert.True(new P256Verifier().VerifyDer(key.PublicKey.ToArray(), text, signature));
        Assert.Contains(P256Recovery.Recover(text, signature), candidate => key.PublicKey.ToArray().AsSpan().SequenceEqual(candidate));
    }

    [Fact]
    public void A_phone_computes_what_nodes_recompute()
    {
        var input = new Hash256(SHA256.HashData("input"u8));
        string data = $$"""{"kind":"hash-chain","input":"{{input}}","unit":3,"steps":100,"segment":7}""";
        Assert.Equal(HashChain.Execute(input, 3, 100, 7).Output.ToString(), V1Device.Execute(new V1Task("", data)));
        Assert.Throws<InvalidDataException>(() => V1Device.Execute(new V1Task("", """{"kind":"other"}""")));
    }
}
