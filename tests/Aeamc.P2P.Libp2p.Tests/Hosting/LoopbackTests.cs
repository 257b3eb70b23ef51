using System.Security.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Libp2p.Tests.Hosting;

/// <summary>Two hosts in this process over real loopback TCP.</summary>
public class LoopbackTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Dial_identify_and_ping_with_and_without_inlined_muxer(bool dialerInlines, bool listenerInlines)
    {
        await using Libp2pHost listener = await TestHost.StartAsync(options => options with { InlineMuxer = listenerInlines, AgentVersion = "listener/7" });
        await using Libp2pHost dialer = await TestHost.StartAsync(options => options with { InlineMuxer = dialerInlines });
        await TestHost.JoinAsync(dialer, listener);

        PeerInfo seen = dialer.FindPeer(listener.LocalPeer)!;
        Assert.Equal(ConnectionDirection.Outbound, seen.Direction);
        Assert.Equal("listener/7", seen.Identity!.AgentVersion);
        Assert.True(seen.Supports(ProtocolIds.Ping));
        Assert.Equal(listener.ListenAddresses[0].WithPeer(null), Assert.Single(seen.Identity.ListenAddresses));
        Assert.True(SignedPeerRecord.TryOpen(seen.Identity.SignedPeerRecord!.Value.Span, out SignedPeerRecord? record));
        Assert.Equal(listener.LocalPeer, record.Peer);
        Assert.Equal(ConnectionDirection.Inbound, listener.FindPeer(dialer.LocalPeer)!.Direction);
        Assert.True(await dialer.PingAsync(listener.LocalPeer) > TimeSpan.Zero);
        Assert.True(await listener.PingAsync(dialer.LocalPeer) > TimeSpan.Zero);
        Assert.Empty(dialer.Refusals.Snapshot());
        Assert.Empty(listener.Refusals.Snapshot());
    }

    [Fact]
    public async Task A_peer_has_two_ping_streams_at_most_and_pings_wait_for_each_other()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        await TestHost.JoinAsync(a, b);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => a.PingAsync(b.LocalPeer))).WaitAsync(TestHost.Patience);

        await using Libp2pHost greedy = await TestHost.StartAsync();
        await TestHost.JoinAsync(greedy, b);
        long before = b.Refusals["ping-streams-quota"];
        var streams = new List<PeerStream>();
        for (int i = 0; i < 2; i++)
        {
            PeerStream stream = await greedy.OpenStreamAsync(b.LocalPeer, [ProtocolIds.Ping]);
            streams.Add(stream);
            await stream.WriteAsync(new byte[32]);
            Assert.True(await stream.ReadExactlyAsync(new byte[32], default));
        }

        // The reset may come before the answer to the proposal is read, or after it.
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await using PeerStream third = await greedy.OpenStreamAsync(b.LocalPeer, [ProtocolIds.Ping]);
            await third.ReadExactlyAsync(new byte[32], default);
        });
        Assert.Equal(before + 1, b.Refusals["ping-streams-quota"]);
        foreach (PeerStream stream in streams)
        {
            // Read to b's own end of it, so that b has counted it off.
            stream.CloseWrite();
            Assert.False(await stream.ReadExactlyAsync(new byte[32], default));
            await stream.DisposeAsync();
        }

        Assert.True(await greedy.PingAsync(b.LocalPeer) > TimeSpan.Zero);
    }

    [Fact]
    public async Task Fifty_megabytes_pass_a_stream_in_order_under_flow_control()
    {
        const int Size = 50 << 20;
        await using Libp2pHost sender = await TestHost.StartAsync();
        await using Libp2pHost receiver = await TestHost.StartAsync();
        var result = new TaskCompletionSource<(long, byte[])>();
        receiver.HandleStream("/test/bulk/1", async (stream, ct) =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[100_000];
            long total = 0;
            for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0; total += read)
            {
                hash.AppendData(buffer, 0, read);
            }

            result.SetResult((total, hash.GetHashAndReset()));
        });
        await TestHost.JoinAsync(sender, receiver);

        var data = new byte[Size];
        new Random(7).NextBytes(data);
        await using (PeerStream stream = await sender.OpenStreamAsync(receiver.LocalPeer, ["/test/bulk/1"]))
        {
            await stream.WriteAsync(data);
            stream.CloseWrite();
            (long total, byte[] hash) = await result.Task.WaitAsync(TestHost.Patience);
            Assert.Equal(Size, total);
            Assert.Equal(SHA256.HashData(data), hash);
        }
    }

    [Fact]
    public async Task A_half_closed_stream_still_answers()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        b.HandleStream("/test/late-answer/1", async (stream, ct) =>
        {
            byte[] heard = new byte[100];
            int length = 0;
            for (int read; (read = await stream.ReadAsync(heard.AsMemory(length), ct)) > 0; length += read)
            {
            }

            await stream.WriteAsync(heard.AsMemory(0, length), ct);
        });
        await TestHost.JoinAsync(a, b);
        await using PeerStream stream = await a.OpenStreamAsync(b.LocalPeer, ["/test/none/1", "/test/late-answer/1"]);
        Assert.Equal("/test/late-answer/1", stream.Protocol);
        await stream.WriteAsync("until the end"u8.ToArray());
        stream.CloseWrite();
        var answer = new byte[13];
        Assert.True(await stream.ReadExactlyAsync(answer));
        Assert.Equal("until the end"u8.ToArray(), answer);
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await stream.WriteAsync(new byte[1]));
    }

    [Fact]
    public async Task A_reset_reaches_the_other_side_and_leaves_the_connection_alone()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        var seen = new TaskCompletionSource<ChannelCloseReason>();
        b.HandleStream("/test/reset/1", async (stream, ct) =>
        {
            try
            {
                await stream.WriteAsync(new byte[1], ct);
                await stream.ReadAsync(new byte[1], ct);
            }
            catch (ChannelClosedException e)
            {
                seen.SetResult(e.Reason);
            }
        });
        b.HandleStream("/test/throws/1", async (stream, ct) =>
        {
            await stream.ReadAsync(new byte[1], ct);
            throw new InvalidOperationException("a broken handler");
        });
        await TestHost.JoinAsync(a, b);
        await using (PeerStream stream = await a.OpenStreamAsync(b.LocalPeer, ["/test/reset/1"]))
        {
            Assert.True(await stream.ReadExactlyAsync(new byte[1]));
            stream.Reset();
            Assert.Equal(ChannelCloseReason.ResetByPeer, await seen.Task.WaitAsync(TestHost.Patience));
        }

        await using (PeerStream stream = await a.OpenStreamAsync(b.LocalPeer, ["/test/throws/1"]))
        {
            await stream.WriteAsync(new byte[1]);
            var closed = await Assert.ThrowsAsync<ChannelClosedException>(async () => await stream.ReadAsync(new byte[1]));
            Assert.Equal(ChannelCloseReason.ResetByPeer, closed.Reason);
        }

        Assert.Equal(1, b.Refusals["handler-failed"]);
        await a.PingAsync(b.LocalPeer);
    }

    [Fact]
    public async Task Opening_an_unsupported_protocol_says_so()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        await TestHost.JoinAsync(a, b);
        var refused = await Assert.ThrowsAsync<Libp2pException>(async () => await a.OpenStreamAsync(b.LocalPeer, ["/nobody/1", "/nobody/2"]));
        Assert.Equal(Libp2pError.ProtocolUnsupported, refused.Error);
    }

    [Fact]
    public async Task A_stream_nobody_reads_holds_up_neither_the_others_nor_memory()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        var release = new TaskCompletionSource();
        b.HandleStream("/test/sleeper/1", async (_, _) => await release.Task);
        await TestHost.JoinAsync(a, b);
        await using PeerStream blocked = await a.OpenStreamAsync(b.LocalPeer, ["/test/sleeper/1"]);
        Task write = blocked.WriteAsync(new byte[1 << 20]).AsTask();
        for (int i = 0; i < 20; i++)
        {
            await a.PingAsync(b.LocalPeer);
        }

        Assert.False(write.IsCompleted);
        release.SetResult();
        await Assert.ThrowsAsync<ChannelClosedException>(() => write).WaitAsync(TestHost.Patience);
    }

    [Fact]
    public async Task Connections_from_both_sides_at_once_both_work_and_one_is_preferred()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        await Task.WhenAll(a.ConnectAsync(b.ListenAddresses[0]), b.ConnectAsync(a.ListenAddresses[0]));
        await TestHost.UntilAsync(() => a.Peers.Count == 1 && b.Peers.Count == 1);
        for (int i = 0; i < 10; i++)
        {
            await Task.WhenAll(a.PingAsync(b.LocalPeer), b.PingAsync(a.LocalPeer));
        }

        Assert.Empty(a.Refusals.Snapshot());
    }

    [Fact]
    public async Task A_bootstrap_peer_is_dialled_again_until_it_is_there_and_after_it_came_back()
    {
        await using Libp2pHost first = await TestHost.StartAsync();
        Multiaddress address = first.ListenAddresses[0];
        await using Libp2pHost keeper = await TestHost.StartAsync(options => options with
        {
            BootstrapPeers = [address.WithPeer(null)],
            Limits = new Libp2pLimits { RedialMinimum = TimeSpan.FromMilliseconds(10), RedialMaximum = TimeSpan.FromMilliseconds(50) },
        });
        await TestHost.UntilAsync(() => keeper.Peers.Count == 1);
        await first.DisposeAsync();
        await TestHost.UntilAsync(() => keeper.Peers.Count == 0);
        await using Libp2pHost second = await TestHost.StartAsync(options => options with { ListenAddresses = [address.WithPeer(null)] });
        await TestHost.UntilAsync(() => keeper.Peers.Count == 1);
        Assert.Equal(second.LocalPeer, keeper.Peers[0].Id);
    }

    [Fact]
    public async Task Events_tell_of_a_peers_coming_and_going_once_each()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        Libp2pHost b = await TestHost.StartAsync();
        var events = new List<string>();
        a.PeerConnected += info => events.Add($"+{info.Id}");
        a.PeerDisconnected += id => events.Add($"-{id}");
        await TestHost.JoinAsync(a, b);
        await b.DisposeAsync();
        await TestHost.UntilAsync(() => events.Count == 2);
        Assert.Equal([$"+{b.LocalPeer}", $"-{b.LocalPeer}"], events);
        Assert.Empty(a.Peers);
    }

    [Fact]
    public async Task A_protocol_registered_later_is_pushed()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        await TestHost.JoinAsync(a, b);
        Assert.False(a.FindPeer(b.LocalPeer)!.Supports("/test/new/1"));
        b.HandleStream("/test/new/1", (_, _) => Task.CompletedTask);
        await TestHost.UntilAsync(() => a.FindPeer(b.LocalPeer)!.Supports("/test/new/1"));
    }

    [Fact]
    public async Task Dialling_the_wrong_peer_ourselves_or_nobody_fails_by_name()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        await using Libp2pHost c = await TestHost.StartAsync();
        async Task<Libp2pError> Dial(Multiaddress address) => (await Assert.ThrowsAsync<Libp2pException>(() => a.ConnectAsync(address))).Error;

        Assert.Equal(Libp2pError.WrongPeer, await Dial(b.ListenAddresses[0].WithPeer(c.LocalPeer)));
        Assert.Equal(Libp2pError.SelfDial, await Dial(a.ListenAddresses[0]));
        Assert.Equal(Libp2pError.SelfDial, await Dial(a.ListenAddresses[0].WithPeer(null)));
        Multiaddress gone = c.ListenAddresses[0];
        await c.DisposeAsync();
        Assert.Equal(Libp2pError.DialFailed, await Dial(gone));
        Assert.Empty(a.Peers);
    }
}
