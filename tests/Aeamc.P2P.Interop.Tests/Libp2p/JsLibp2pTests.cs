using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Interop.Tests.Libp2p;

/// <summary>Our host and real js-libp2p peers of both generations: either side dials, with the muxer agreed inside Noise and after it.</summary>
public class JsLibp2pTests
{
    private const string Echo = "/aeamc-test/echo/1";
    private const string Sink = "/aeamc-test/sink/1";
    private const string Reset = "/aeamc-test/reset/1";

    public static TheoryData<JsGeneration, bool, bool> Matrix => new()
    {
        { JsGeneration.Three, true, true },
        { JsGeneration.Three, true, false },
        { JsGeneration.Three, false, true },
        { JsGeneration.Three, false, false },
        { JsGeneration.Two, true, true },
        { JsGeneration.Two, true, false },
        { JsGeneration.Two, false, true },
        { JsGeneration.Two, false, false },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Dial_identify_ping_and_streams_both_ways(JsGeneration generation, bool jsDials, bool inlineMuxer)
    {
        await using JsPeer js = await JsPeer.StartAsync(generation);
        await using Libp2pHost host = await StartAsync(inlineMuxer);
        await JoinAsync(host, js, jsDials);
        string us = host.LocalPeer.ToString();

        // Each knows the other as it is.
        PeerInfo seen = host.FindPeer(js.Id)!;
        Assert.Equal(jsDials ? ConnectionDirection.Inbound : ConnectionDirection.Outbound, seen.Direction);
        Assert.StartsWith("js-libp2p/", seen.Identity!.AgentVersion, StringComparison.Ordinal);
        Assert.True(seen.Supports(ProtocolIds.Ping) && seen.Supports(Echo));
        Assert.Contains(js.Address.WithPeer(null), seen.Identity.ListenAddresses);
        Assert.True(SignedPeerRecord.TryOpen(seen.Identity.SignedPeerRecord!.Value.Span, out SignedPeerRecord? record));
        Assert.Equal(js.Id, record.Peer);
        Assert.Contains(js.Address.WithPeer(null), record.Addresses);
        JsonNode identity = (await js.CallAsync("identity", new { peer = us }))!;
        Assert.Equal("interop/1", (string?)identity["agentVersion"]);
        Assert.Contains(Sink, identity["protocols"]!.AsArray().Select(node => (string)node!));
        Assert.Equal(host.ListenAddresses[0].WithPeer(null).ToString(), (string?)identity["listenAddresses"]![0]);
        Assert.Equal(host.ListenAddresses[0].WithPeer(null).ToString(), (string?)identity["signedRecord"]![0]);
        Assert.Equal("/yamux/1.0.0", (string?)(await js.CallAsync("connections"))![0]!["multiplexer"]);

        for (int i = 0; i < 3; i++)
        {
            Assert.True(await host.PingAsync(js.Id) > TimeSpan.Zero);
            Assert.True((double)(await js.CallAsync("ping", new { peer = us }))! >= 0);
        }

        // Streams that we open: echo with half-close, reset by the js side.
        await using (PeerStream stream = await host.OpenStreamAsync(js.Id, [Echo]))
        {
            byte[] sent = Pattern(300_000);
            Task write = Task.Run(async () =>
            {
                await stream.WriteAsync(sent);
                stream.CloseWrite();
            });
            byte[] back = await ReadToEndAsync(stream).WaitAsync(JsPeer.Patience);
            Assert.True(sent.AsSpan().SequenceEqual(back));
            await write.WaitAsync(JsPeer.Patience);
        }

        await using (PeerStream stream = await host.OpenStreamAsync(js.Id, [Reset]))
        {
            await stream.WriteAsync(new byte[] { 1 });
            var reset = await Assert.ThrowsAsync<ChannelClosedException>(() => ReadToEndAsync(stream).WaitAsync(JsPeer.Patience));
            Assert.Equal(ChannelCloseReason.ResetByPeer, reset.Reason);
        }

        // Streams that the js side opens.
        JsonNode echoed = (await js.CallAsync("echo", new { peer = us, size = 300_000, chunk = 7_000 }))!;
        Assert.Equal(300_000, (int)echoed["length"]!);
        Assert.True((bool)echoed["equal"]!);
        Assert.Contains("Reset", (string)(await js.CallAsync("reset", new { peer = us }))!, StringComparison.Ordinal);
        Assert.True(await host.PingAsync(js.Id) > TimeSpan.Zero);
        Assert.Empty(host.Refusals.Snapshot());
    }

    [Theory]
    [InlineData(JsGeneration.Three)]
    [InlineData(JsGeneration.Two)]
    public async Task A_hundred_megabytes_pass_one_stream_either_way_under_flow_control(JsGeneration generation)
    {
        const int Size = 100_000_000;
        await using JsPeer js = await JsPeer.StartAsync(generation);
        await using Libp2pHost host = await StartAsync(inlineMuxer: true);
        await JoinAsync(host, js, jsDials: false);
        byte[] sent = Pattern(Size);
        await using (PeerStream stream = await host.OpenStreamAsync(js.Id, [Sink]))
        {
            await stream.WriteAsync(sent).AsTask().WaitAsync(JsPeer.Patience);
            stream.CloseWrite();
            string answer = Encoding.ASCII.GetString(await ReadToEndAsync(stream).WaitAsync(JsPeer.Patience));
            Assert.Equal($"{Size} {Convert.ToHexStringLower(SHA256.HashData(sent))}", answer);
        }

        var told = (string?)await js.CallAsync("sink", new { peer = host.LocalPeer.ToString(), size = Size, chunk = 65_536 });
        Assert.Equal($"{Size} {Convert.ToHexStringLower(SHA256.HashData(sent))}", told);
    }

    [Fact]
    public async Task A_js_peer_that_dies_is_gone_here_and_we_are_gone_there_when_we_stop()
    {
        await using JsPeer dying = await JsPeer.StartAsync(JsGeneration.Three);
        await using JsPeer staying = await JsPeer.StartAsync(JsGeneration.Three);
        await using Libp2pHost host = await StartAsync(inlineMuxer: true);
        await JoinAsync(host, dying, jsDials: true);
        await JoinAsync(host, staying, jsDials: false);
        var gone = new TaskCompletionSource<PeerId>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.PeerDisconnected += id => gone.TrySetResult(id);
        dying.Kill();
        Assert.Equal(dying.Id, await gone.Task.WaitAsync(JsPeer.Patience));
        Assert.Equal(staying.Id, Assert.Single(host.Peers).Id);
        await host.DisposeAsync();
        await staying.EventAsync(e => (string?)e["event"] == "disconnected" && (string?)e["peer"] == host.LocalPeer.ToString());
    }

    [Theory]
    [InlineData(JsGeneration.Three)]
    [InlineData(JsGeneration.Two)]
    public async Task A_protocol_added_later_is_pushed_either_way(JsGeneration generation)
    {
        const string Later = "/aeamc-test/later/1";
        await using JsPeer js = await JsPeer.StartAsync(generation);
        await using Libp2pHost host = await StartAsync(inlineMuxer: true);
        await JoinAsync(host, js, jsDials: false);
        var pushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.PeerIdentified += info =>
        {
            if (info.Id == js.Id && info.Supports(Later))
            {
                pushed.TrySetResult();
            }
        };
        await js.CallAsync("serve", new { protocol = Later });
        await pushed.Task.WaitAsync(JsPeer.Patience);
        // What a push leaves out is unchanged.
        Assert.True(host.FindPeer(js.Id)!.Supports(ProtocolIds.Ping));
        Assert.StartsWith("js-libp2p/", host.FindPeer(js.Id)!.Identity!.AgentVersion, StringComparison.Ordinal);

        host.HandleStream(Later, (_, _) => Task.CompletedTask);
        using var late = new CancellationTokenSource(JsPeer.Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            JsonNode identity = (await js.CallAsync("identity", new { peer = host.LocalPeer.ToString() }))!;
            if (identity["protocols"]!.AsArray().Any(node => (string?)node == Later))
            {
                return;
            }

            await look.WaitForNextTickAsync(late.Token);
        }
    }

    private static async Task<Libp2pHost> StartAsync(bool inlineMuxer)
    {
        var host = new Libp2pHost(new Libp2pHostOptions
        {
            Identity = Ed25519PrivateKey.Generate(),
            ListenAddresses = [Multiaddress.Parse("/ip4/127.0.0.1/tcp/0")],
            AgentVersion = "interop/1",
            InlineMuxer = inlineMuxer,
        });
        host.HandleStream(Echo, async (stream, ct) =>
        {
            var buffer = new byte[10_000];
            for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0;)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read), ct);
            }
        });
        host.HandleStream(Sink, async (stream, ct) =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[64 * 1024];
            long count = 0;
            for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0; count += read)
            {
                hash.AppendData(buffer, 0, read);
            }

            string answer = string.Create(CultureInfo.InvariantCulture, $"{count} {Convert.ToHexStringLower(hash.GetHashAndReset())}");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), ct);
        });
        host.HandleStream(Reset, async (stream, ct) =>
        {
            await stream.ReadAsync(new byte[1], ct);
            stream.Reset();
        });
        await host.StartAsync();
        return host;
    }

    // Ends when both sides have identified each other.
    private static async Task JoinAsync(Libp2pHost host, JsPeer js, bool jsDials)
    {
        var identified = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.PeerIdentified += info =>
        {
            if (info.Id == js.Id)
            {
                identified.TrySetResult();
            }
        };
        if (jsDials)
        {
            Assert.Equal(host.LocalPeer.ToString(), (string?)await js.CallAsync("dial", new { address = host.ListenAddresses[0].ToString() }));
        }
        else
        {
            Assert.Equal(js.Id, await host.ConnectAsync(js.Address).WaitAsync(JsPeer.Patience));
        }

        await identified.Task.WaitAsync(JsPeer.Patience);
        using var late = new CancellationTokenSource(JsPeer.Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await js.CallAsync("identity", new { peer = host.LocalPeer.ToString() }) is null)
        {
            await look.WaitForNextTickAsync(late.Token);
        }
    }

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(i % 251);
        }

        return bytes;
    }

    private static async Task<byte[]> ReadToEndAsync(PeerStream stream)
    {
        var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
        {
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}
