using System.Text;
using Aeamc.P2P.DeviceApi.Tests.Support;
using Aeamc.P2P.DeviceClient.Load;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceClient.Tests.Load;

public sealed class LoadGeneratorTests
{
    [Fact]
    public async Task Every_acknowledged_proof_counts()
    {
        var network = new TestNetwork();
        var node = new InMemoryNode(network);
        await using ApiServer first = await ApiServer.StartAsync(node);
        await using ApiServer second = await ApiServer.StartAsync(node);
        using DeviceKey account = DeviceKey.Ed25519(network.Requester.Seed);
        var options = new LoadOptions
        {
            Nodes = [first.Address, second.Address],
            Network = TestNetwork.Name,
            Requester = account,
            Devices = 8,
            UnitsPerLease = 64,
            ConnectionsPerNode = 4,
        };
        using var load = new LoadGenerator(options, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        await load.PrepareAsync(stop.Token);
        Assert.Equal(8UL, node.State.Counters.Devices);
        Task run = load.RunAsync(stop.Token);
        while (load.Counters.Accepted < 1500)
        {
            await node.WaitForBlockAboveAsync(node.Head, stop.Token);
        }

        await stop.CancelAsync();
        await run;
        Assert.Empty(load.Counters.Refused);
        Assert.True(node.State.Counters.ProofsCounted >= (ulong)load.Counters.Accepted);
        Assert.True(load.Counters.Leases >= 1500 / 64);
        Assert.Empty(first.Failures.Lines);
        Assert.Empty(second.Failures.Lines);
    }

    [Fact]
    public async Task A_pacer_passes_what_was_asked_and_no_more_than_a_second_s_worth_at_once()
    {
        var time = new ManualTime();
        var pacer = new Pacer(1000, time);
        Assert.False(pacer.TryPass());
        time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(10, Count(pacer));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1000, Count(pacer));
        await new Pacer(null, time).WaitAsync(default);

        static int Count(Pacer pacer)
        {
            int passed = 0;
            while (pacer.TryPass())
            {
                passed++;
            }

            return passed;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_prepared_post_is_the_sealed_envelope_with_a_head(bool p256)
    {
        using DeviceKey key = p256 ? DeviceKey.P256(1, "x", 1) : DeviceKey.Ed25519(1, "x", 1);
        var writer = new ProofWriter(key, TestNetwork.Name, new Uri("http://localhost:1234"));
        var proof = new TaskProof(
            new DeviceId(Hash256.Of("d"u8)), Hash256.Of("t"u8), Hash256.Of("l"u8), 70, new Timestamp(1_700_000_000_000), default, new byte[16], default, default, 3, -4);
        PreparedPost post = writer.Write(proof);
        byte[] bytes = post.Bytes.ToArray();
        post.Release();
        int head = bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        string text = Encoding.ASCII.GetString(bytes, 0, head);
        byte[] body = bytes[head..];
        Assert.Equal(
            $"POST /v2/proofs HTTP/1.1\r\nHost: localhost:1234\r\nContent-Type: application/msgpack\r\nContent-Length: {body.Length}\r\n\r\n", text);
        Assert.True(new EntryDecoder(TestNetwork.Name).TryDecode(new LedgerEntry(EntryKind.TaskProof, body), out DecodedEntry? decoded));
        Assert.Equal(proof.Encode(), decoded.Payload.Encode());
        if (!p256)
        {
            Assert.Equal(key.Seal(TestNetwork.Name, proof), body);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}", true, 202, "", false)]
    [InlineData("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{", false, 202, "", false)]
    [InlineData("HTTP/1.1 202 Acc", false, 0, "", false)]
    [InlineData("HTTP/1.1 409 Conflict\r\nContent-Length: 25\r\nConnection: close\r\n\r\n{\"code\":\"proof_duplicate\"}", true, 409, "proof_duplicate", true)]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", true, 500, "http_500", false)]
    public void Replies_are_read(string reply, bool whole, int status, string code, bool closes)
    {
        Assert.Equal(whole, PostConnection.TryRead(Encoding.ASCII.GetBytes(reply), out int seenStatus, out string seenCode, out bool seenCloses));
        Assert.Equal((status, code, closes), (seenStatus, seenCode, seenCloses));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    public void What_is_no_reply_is_an_io_error(string reply) =>
        Assert.Throws<IOException>(() => PostConnection.TryRead(Encoding.ASCII.GetBytes(reply), out _, out _, out _));
}
