using System.Net;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Yamux;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Tests.Yamux;

/// <summary>
/// A connection that dies at the worst moment is an answer to whoever writes, never an exception of the call: once it was one, and the
/// consensus loop that sent a vote took it for a fault of its own and stopped the node.
/// </summary>
public class LostConnectionTests
{
    private static readonly PeerId Peer = PeerId.FromNodeId(new NodeId(new byte[32]));
    private static readonly YamuxOptions Options = YamuxOptions.From(new Libp2pLimits());

    [Fact]
    public async Task A_write_between_the_loss_of_the_connection_and_the_news_of_it_is_a_failed_task()
    {
        YamuxSession session = Session(new BreakingChannel());
        YamuxStream stream = session.OpenStream();
        // The window of the race: the session has closed its outbox and not told its streams yet.
        session.Outbox.Close();
        Task write = stream.WriteAsync(new byte[100]).AsTask();
        Assert.True(write.IsFaulted);
        Assert.Equal(ChannelCloseReason.ConnectionLost, await FailureAsync(new ValueTask(write)));
    }

    [Fact]
    public async Task Every_way_to_write_to_a_stream_that_is_over_fails_its_task_and_names_the_reason()
    {
        YamuxSession session = Session(new BreakingChannel());
        YamuxStream lost = session.OpenStream(), closed = session.OpenStream(), waiting = session.OpenStream(), reset = session.OpenStream();
        closed.CloseWrite();
        reset.Close(ChannelCloseReason.ResetByPeer);
        Task wait = waiting.WriteAsync(new byte[YamuxOptions.InitialWindow + 1]).AsTask();
        Assert.False(wait.IsCompleted);
        Assert.Equal(ChannelCloseReason.ClosedLocally, await FailureAsync(closed.WriteAsync(new byte[1])));
        session.Abort();
        Assert.Equal(ChannelCloseReason.ConnectionLost, await FailureAsync(lost.WriteAsync(new byte[1])));
        Assert.Equal(ChannelCloseReason.ConnectionLost, await FailureAsync(new ValueTask(wait)));
        Assert.Equal(ChannelCloseReason.ResetByPeer, await FailureAsync(reset.WriteAsync(new byte[1])));
    }

    [Fact]
    public async Task Messages_to_a_peer_whose_connection_dies_while_one_is_sent_are_answered_and_counted()
    {
        await using Libp2pHost host = TestHost.Create();
        var channel = new BreakingChannel();
        YamuxSession session = Session(channel);
        var table = new ConnectionTable(host.LocalPeer, new Libp2pLimits());
        var connection = new PeerConnection(
            1, Peer, ConnectionDirection.Outbound, Multiaddress.Parse("/ip4/127.0.0.1/tcp/1"), IPAddress.Loopback, session);
        Assert.Null(table.TryAdd(connection));
        var messages = new MessageService(host, table, new Libp2pLimits());
        var answers = new List<bool>();

        // The connection dies inside the very write that carries the first bytes; the next message is sent before anyone has noticed.
        channel.OnBrokenWrite = () => answers.Add(messages.TrySend(Peer, "/test/votes/1", new byte[10]));
        session.OpenStream();
        await TestHost.UntilAsync(() => answers.Count > 0);
        answers.Add(messages.TrySend(Peer, "/test/votes/1", new byte[10]));
        session.Abort();
        answers.Add(messages.TrySend(Peer, "/test/votes/1", new byte[10]));
        Assert.All(answers, Assert.True);
        table.Remove(connection);
        Assert.False(messages.TrySend(Peer, "/test/votes/1", new byte[10]));
        await TestHost.UntilAsync(() => host.Refusals["message-undeliverable"] >= answers.Count);
        Assert.Equal(0, host.Refusals["message-sender-failed"]);
    }

    [Fact]
    public async Task What_was_received_before_the_connection_was_lost_is_read_before_the_loss_is_told()
    {
        var channel = new BreakingChannel();
        var accepted = new TaskCompletionSource<YamuxStream>(TaskCreationOptions.RunContinuationsAsynchronously);
        YamuxSession session = Session(channel, accepted.SetResult);
        // The second frame lies in the socket when the write of our acknowledgement fails: the reader gets to it only after that.
        channel.OnBrokenWrite = () => channel.Receive([.. Frame(YamuxFlags.None, 1, 3), 4, 5, 6]);
        channel.Receive([.. Frame(YamuxFlags.Syn, 1, 3), 1, 2, 3]);
        Task run = session.RunAsync();
        YamuxStream stream = await accepted.Task.WaitAsync(TestHost.Patience);
        var bytes = new byte[6];
        Assert.True(await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(TestHost.Patience));
        Assert.Equal([1, 2, 3, 4, 5, 6], bytes);
        await run.WaitAsync(TestHost.Patience);
        Assert.Equal(ChannelCloseReason.ConnectionLost, await FailureAsync(ReadAsync(stream)));
    }

    [Fact]
    public async Task Bytes_that_wait_unread_outlive_the_connection_but_not_a_reset()
    {
        foreach (bool reset in new[] { false, true })
        {
            (PairedChannel ours, PairedChannel peer) = PairedChannel.Create();
            var accepted = new TaskCompletionSource<YamuxStream>(TaskCreationOptions.RunContinuationsAsynchronously);
            YamuxSession session = Session(ours, accepted.SetResult);
            Task run = session.RunAsync();
            await peer.WriteAsync(new byte[] { 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 5, 1, 2, 3, 4, 5 });
            if (reset)
            {
                await peer.WriteAsync(Frame(YamuxFlags.Rst, 1, 0));
            }

            peer.Dispose();
            await run.WaitAsync(TestHost.Patience);
            YamuxStream stream = await accepted.Task;
            var bytes = new byte[3];
            if (!reset)
            {
                Assert.Equal(3, await stream.ReadAsync(bytes));
                Assert.Equal(2, await stream.ReadAsync(bytes));
                Assert.Equal([4, 5], bytes[..2]);
            }

            Assert.Equal(reset ? ChannelCloseReason.ResetByPeer : ChannelCloseReason.ConnectionLost, await FailureAsync(ReadAsync(stream)));
        }
    }

    private static async ValueTask ReadAsync(YamuxStream stream) => await stream.ReadAsync(new byte[1]);

    private static async Task<ChannelCloseReason> FailureAsync(ValueTask task) =>
        (await Assert.ThrowsAsync<ChannelClosedException>(() => task.AsTask().WaitAsync(TestHost.Patience))).Reason;

    private static YamuxSession Session(ConnectionChannel channel, Action<YamuxStream>? onStream = null) =>
        new(channel, Peer, client: false, Options, TimeProvider.System, new RefusalCounters(), onStream ?? (_ => { }));

    private static byte[] Frame(YamuxFlags flags, uint stream, uint length)
    {
        var bytes = new byte[YamuxHeader.Size];
        new YamuxHeader(YamuxFrameType.Data, flags, stream, length).Write(bytes);
        return bytes;
    }
}
