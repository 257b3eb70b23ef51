using System.Net;
using System.Net.Sockets;
using System.Text;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Noise;
using Aeamc.P2P.Libp2p.Transport;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Libp2p.Tests.Hosting;

/// <summary>Strangers at the port: each is refused by a counted reason, and honest peers notice nothing.</summary>
public class HostileTests
{
    public static TheoryData<byte[], string> Garbage => new()
    {
        { Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: example\r\n\r\n" + new string('x', 200)), "multistream-no-newline" },
        { [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, .. new byte[40]], "multistream-no-newline" },
        { [.. Enumerable.Repeat((byte)0xFF, 5000)], "multistream-line-too-long" },
        { new byte[100], "multistream-no-newline" },
        { Encoding.ASCII.GetBytes("\u0013/multistream/1.0.0\n\u0007/plain\n\u0007/noise\n\u0000\u0001x"), "noise-bad-message" },
        { [.. Encoding.ASCII.GetBytes("\u0013/multistream/1.0.0\n\u0007/noise\n"), 0xFF, 0xFF, .. new byte[100]], "noise-message-too-long" },
        { [.. Encoding.ASCII.GetBytes("\u0013/multistream/1.0.0\n\u0007/noise\n"), 0, 32, .. new byte[32]], "noise-bad-key" },
        { [], "multistream-ended" },
        { "\u0013/multi"u8.ToArray(), "handshake-ended" },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_on_the_port_closes_the_connection_and_is_counted(byte[] garbage, string reason)
    {
        await using Libp2pHost host = await TestHost.StartAsync();
        await using Libp2pHost honest = await TestHost.StartAsync();
        using Socket socket = await DialAsync(host);
        await socket.SendAsync(garbage);
        if (garbage.Length < 60)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        await ReadToEndAsync(socket);
        await TestHost.UntilAsync(() => host.Refusals[reason] == 1);
        await TestHost.JoinAsync(honest, host);
        await honest.PingAsync(host.LocalPeer);
    }

    [Fact]
    public async Task A_stalled_handshake_is_given_up_by_the_clock()
    {
        var time = new ManualTime();
        await using Libp2pHost host = await TestHost.StartAsync(options => options with { Time = time });
        using Socket silent = await DialAsync(host);
        using Socket halfway = await DialAsync(host);
        await halfway.SendAsync("\u0013/multistream/1.0.0\n"u8.ToArray());
        // The host's header shows that it waits for the proposal.
        Assert.Equal(20, await halfway.ReceiveAsync(new byte[100]));
        time.Advance(TimeSpan.FromSeconds(11));
        await ReadToEndAsync(halfway);
        await TestHost.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(11));
            return host.Refusals["handshake-timeout"] == 2;
        });
        await ReadToEndAsync(silent);
    }

    [Fact]
    public async Task Pending_handshakes_are_bounded_per_address_and_altogether()
    {
        await using Libp2pHost host = await TestHost.StartAsync(options => options with
        {
            Limits = new Libp2pLimits { MaxPendingInbound = 5, MaxPendingInboundPerIp = 3 },
        });
        var stalled = new List<Socket>();
        for (int i = 0; i < 4; i++)
        {
            stalled.Add(await DialAsync(host));
        }

        await ReadToEndAsync(stalled[3]);
        Assert.Equal(1, host.Refusals["pending-handshakes-per-ip"]);
        for (int i = 0; i < 3; i++)
        {
            stalled.Add(await DialAsync(host, "127.0.0.2"));
        }

        await TestHost.UntilAsync(() => host.Refusals["pending-handshakes"] == 1);
        stalled.ForEach(socket => socket.Dispose());
        await using Libp2pHost honest = await TestHost.StartAsync();
        await TestHost.UntilAsync(() => host.Refusals["multistream-ended"] == 5);
        await TestHost.JoinAsync(honest, host);
    }

    [Fact]
    public async Task Connections_are_bounded_altogether_per_address_and_per_peer()
    {
        await using Libp2pHost perIp = await TestHost.StartAsync(options => options with { Limits = new Libp2pLimits { MaxInboundPerIp = 1 } });
        await using Libp2pHost total = await TestHost.StartAsync(options => options with { Limits = new Libp2pLimits { MaxConnections = 1 } });
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        await TestHost.JoinAsync(a, perIp);
        await TestHost.JoinAsync(a, total);
        await Assert.ThrowsAsync<Libp2pException>(() => b.ConnectAsync(perIp.ListenAddresses[0]));
        await Assert.ThrowsAsync<Libp2pException>(() => b.ConnectAsync(total.ListenAddresses[0]));
        Assert.Equal(1, perIp.Refusals["connections-per-ip"]);
        Assert.Equal(1, total.Refusals["connections"]);
        Assert.Single(perIp.Peers);
        Assert.Single(total.Peers);
    }

    [Fact]
    public async Task A_forged_identity_is_refused()
    {
        await using Libp2pHost host = await TestHost.StartAsync();
        using Socket socket = await DialAsync(host);
        var raw = new SocketChannel(socket);
        await raw.WriteAsync(Encoding.ASCII.GetBytes("\u0013/multistream/1.0.0\n\u0007/noise\n"));
        Assert.True(await raw.ReadExactlyAsync(new byte[28]));
        using var state = new NoiseHandshakeState(true, SecureRandom.Bytes(32), SecureRandom.Bytes(32), []);
        await WriteHandshakeAsync(raw, state, []);
        var length = new byte[2];
        Assert.True(await raw.ReadExactlyAsync(length));
        var second = new byte[(length[0] << 8) | length[1]];
        Assert.True(await raw.ReadExactlyAsync(second));
        Assert.True(state.TryRead(second, new byte[second.Length], out _));

        // A true key, but a signature over another static key.
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        byte[] signature = key.Sign([.. "noise-libp2p-static-key:"u8, .. new byte[32]]);
        byte[] payload = [0x0A, 36, .. PeerId.FromNodeId(key.PublicKey).ToPublicKeyProtobuf(), 0x12, 64, .. signature];
        await WriteHandshakeAsync(raw, state, payload);
        await ReadToEndAsync(socket);
        await TestHost.UntilAsync(() => host.Refusals["noise-bad-signature"] == 1);
        Assert.Empty(host.Peers);
    }

    [Fact]
    public async Task A_forged_frame_after_the_handshake_ends_the_connection()
    {
        await using Libp2pHost host = await TestHost.StartAsync();
        (Socket socket, _, _) = await EnterAsync(host);
        using (socket)
        {
            byte[] forged = [0, 28, .. new byte[28]];
            await socket.SendAsync(forged);
            await ReadToEndAsync(socket);
        }

        await TestHost.UntilAsync(() => host.Refusals["noise-bad-frame"] == 1 && host.Peers.Count == 0);
    }

    [Fact]
    public async Task Window_overrun_and_an_oversized_frame_over_the_wire_end_the_connection()
    {
        await using Libp2pHost host = await TestHost.StartAsync();
        foreach ((string reason, uint length) in ((string, uint)[])[("yamux-window-overrun", 400_000), ("yamux-frame-too-long", 1 << 30)])
        {
            (Socket socket, NoiseChannel channel, _) = await EnterAsync(host);
            using (socket)
            {
                var frame = new byte[YamuxHeader.Size + 400_000];
                new YamuxHeader(YamuxFrameType.Data, YamuxFlags.Syn, 1, length).Write(frame);
                // The host may hang up before it has taken all of it.
                await Record.ExceptionAsync(async () => await channel.WriteAsync(frame));
                await TestHost.UntilAsync(() => host.Refusals[reason] == 1 && host.Peers.Count == 0);
            }
        }
    }

    [Fact]
    public async Task A_peer_that_never_answers_a_probe_is_dropped_by_the_clock()
    {
        var time = new ManualTime();
        await using Libp2pHost host = await TestHost.StartAsync(options => options with { Time = time });
        (Socket socket, _, _) = await EnterAsync(host);
        using (socket)
        {
            await TestHost.UntilAsync(() =>
            {
                time.Advance(TimeSpan.FromSeconds(2));
                return host.Peers.Count == 0;
            });
        }

        Assert.Equal(1, host.Refusals["yamux-keepalive-timeout"]);
    }

    [Fact]
    public async Task A_stream_that_never_says_its_protocol_is_reset_by_the_clock()
    {
        var time = new ManualTime();
        await using Libp2pHost host = await TestHost.StartAsync(options => options with { Time = time });
        (Socket socket, NoiseChannel channel, _) = await EnterAsync(host);
        using (socket)
        {
            var syn = new byte[YamuxHeader.Size];
            new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 0).Write(syn);
            await channel.WriteAsync(syn);
            var header = new byte[YamuxHeader.Size];
            do
            {
                Assert.True(await channel.ReadExactlyAsync(header));
                Assert.True(YamuxHeader.TryRead(header, out YamuxHeader read));
                if (read.Type == YamuxFrameType.Data)
                {
                    Assert.True(await channel.ReadExactlyAsync(new byte[read.Length]));
                }
            }
            while (header[1] != (byte)YamuxFrameType.WindowUpdate || header[3] != (byte)YamuxFlags.Ack);
            await TestHost.UntilAsync(() =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return host.Refusals["stream-negotiation-timeout"] == 1;
            });
        }
    }

    [Fact]
    public async Task Random_bytes_in_every_layer_never_break_the_host()
    {
        await using Libp2pHost host = await TestHost.StartAsync();
        var random = new Random(20);
        for (int i = 0; i < 60; i++)
        {
            var noise = new byte[random.Next(1, 3000)];
            random.NextBytes(noise);
            if (i % 2 == 0)
            {
                using Socket socket = await DialAsync(host);
                await socket.SendAsync(noise);
            }
            else
            {
                (Socket socket, NoiseChannel channel, _) = await EnterAsync(host);
                using (socket)
                {
                    // Near-valid frames reach deeper than uniform noise.
                    noise[0] = 0;
                    noise[Math.Min(1, noise.Length - 1)] &= 3;
                    await Record.ExceptionAsync(async () => await channel.WriteAsync(noise));
                }
            }
        }

        await using Libp2pHost honest = await TestHost.StartAsync();
        await TestHost.JoinAsync(honest, host);
        await honest.PingAsync(host.LocalPeer);
        await TestHost.UntilAsync(() => host.Peers.Count == 1);
        Assert.Equal(0, host.Refusals["handler-failed"]);
    }

    [Fact]
    public async Task A_host_stops_within_two_seconds_whatever_its_peers_do()
    {
        Libp2pHost host = await TestHost.StartAsync();
        await using Libp2pHost honest = await TestHost.StartAsync();
        await TestHost.JoinAsync(honest, host);
        host.HandleStream("/test/stubborn/1", async (stream, ct) => await stream.ReadAsync(new byte[1], ct));
        await using PeerStream open = await honest.OpenStreamAsync(host.LocalPeer, ["/test/stubborn/1"]);
        using Socket silent = await DialAsync(host);
        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        await TestHost.UntilAsync(() => honest.Peers.Count == 0);
        var stopped = await Assert.ThrowsAsync<Libp2pException>(() => host.ConnectAsync(honest.ListenAddresses[0]));
        Assert.Equal(Libp2pError.HostStopped, stopped.Error);
    }

    private static async Task<Socket> DialAsync(Libp2pHost host, string from = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(host.ListenAddresses[0].ToIpEndPoint()!);
        return socket;
    }

    // A real handshake by hand: what follows on the channel is the test's to choose.
    private static async Task<(Socket Socket, NoiseChannel Channel, PeerId Self)> EnterAsync(Libp2pHost host)
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        Socket socket = await DialAsync(host);
        (NoiseChannel channel, PeerId peer) = await new ConnectionUpgrader(key, inlineMuxer: true).UpgradeAsync(socket, true, host.LocalPeer, default);
        Assert.Equal(host.LocalPeer, peer);
        PeerId self = PeerId.FromNodeId(key.PublicKey);
        await TestHost.UntilAsync(() => host.FindPeer(self) is not null);
        return (socket, channel, self);
    }

    private static async Task WriteHandshakeAsync(ByteChannel channel, NoiseHandshakeState state, byte[] payload)
    {
        var frame = new byte[2 + state.NextOverhead + payload.Length];
        Assert.True(state.TryWrite(payload, frame.AsSpan(2), out int written));
        frame[0] = (byte)(written >> 8);
        frame[1] = (byte)(written & 0xFF);
        await channel.WriteAsync(frame.AsMemory(0, 2 + written));
    }

    // The host ends the connection; with unread bytes on its side that is a reset, which is as good.
    private static async Task ReadToEndAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(TestHost.Patience) > 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return;
        }
    }
}
