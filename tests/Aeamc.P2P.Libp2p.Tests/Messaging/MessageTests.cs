using System.Collections.Concurrent;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Messaging;

public class MessageTests
{
    [Fact]
    public async Task Messages_arrive_whole_and_in_order_on_one_stream()
    {
        await using Libp2pHost a = await TestHost.StartAsync(options => options with { Limits = new Libp2pLimits { MessageQueueLength = 20_000 } });
        await using Libp2pHost b = await TestHost.StartAsync();
        var received = new ConcurrentQueue<byte[]>();
        b.HandleMessages("/test/votes/1", 100_000, (peer, message, _) =>
        {
            Assert.Equal(a.LocalPeer, peer);
            received.Enqueue(message.ToArray());
            return ValueTask.CompletedTask;
        });
        await TestHost.JoinAsync(a, b);
        byte[][] sent = [.. Enumerable.Range(0, 5000).Select(i => { var m = new byte[i % 997 == 0 ? 50_000 : i % 300]; Array.Fill(m, (byte)(i % 251)); return m; })];
        foreach (byte[] message in sent)
        {
            Assert.True(a.TrySend(b.LocalPeer, "/test/votes/1", message));
        }

        await TestHost.UntilAsync(() => received.Count == sent.Length);
        Assert.Equal(sent, received);
        Assert.Empty(a.Refusals.Snapshot());
    }

    [Fact]
    public void A_full_queue_drops_the_oldest()
    {
        var queue = new MessageQueue(3, 100);
        Assert.Equal(0, queue.Enqueue(new byte[10]) + queue.Enqueue(new byte[20]) + queue.Enqueue(new byte[30]));
        Assert.Equal(1, queue.Enqueue(new byte[40]));
        Assert.Equal(2, queue.Enqueue(new byte[50]));
        Assert.True(queue.TryDequeue(out ReadOnlyMemory<byte> message));
        Assert.Equal(40, message.Length);
        Assert.Equal(1, queue.Clear());
        Assert.False(queue.TryDequeue(out _));
    }

    [Fact]
    public async Task Nobody_to_send_to_is_told_and_a_peer_without_the_protocol_costs_the_messages_only()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        Assert.False(a.TrySend(b.LocalPeer, "/test/votes/1", new byte[1]));
        await TestHost.JoinAsync(a, b);
        Assert.True(a.TrySend(b.LocalPeer, "/test/votes/1", new byte[1]));
        await TestHost.UntilAsync(() => b.Refusals["stream-protocol-unsupported"] == 1 && a.Refusals["message-undeliverable"] == 1);
        await a.PingAsync(b.LocalPeer);
    }

    [Fact]
    public async Task A_message_longer_than_allowed_ends_the_stream()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        int received = 0;
        b.HandleMessages("/test/votes/1", 10, (_, _, _) =>
        {
            Interlocked.Increment(ref received);
            return ValueTask.CompletedTask;
        });
        await TestHost.JoinAsync(a, b);
        a.TrySend(b.LocalPeer, "/test/votes/1", new byte[11]);
        await TestHost.UntilAsync(() => b.Refusals["stream-message-too-long"] == 1);
        Assert.Equal(0, received);
        PeerId peer = Assert.Single(b.Peers).Id;
        Assert.Equal(a.LocalPeer, peer);
    }
}
