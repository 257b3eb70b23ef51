using System.Net;
using System.Net.Sockets;
using Aeamc.P2P.Libp2p.Transport;

namespace Aeamc.P2P.Libp2p.Tests.Transport;

public class SocketChannelTests
{
    [Fact]
    public async Task Bytes_come_in_order_through_both_buffers_and_an_idle_connection_holds_the_small_one()
    {
        (SocketChannel writer, SocketChannel reader) = await ConnectAsync();
        using (writer)
        using (reader)
        {
            var random = new Random(3);
            var sent = new byte[2 << 20];
            random.NextBytes(sent);
            Task writing = Task.Run(async () =>
            {
                for (int at = 0; at < sent.Length;)
                {
                    int count = Math.Min(random.Next(1, 200_000), sent.Length - at);
                    await writer.WriteAsync(sent.AsMemory(at, count));
                    at += count;
                }
            });

            // As Noise does: a length first, then a whole frame in place, of any size up to the largest.
            var sizes = new Random(4);
            for (int at = 0; at < sent.Length;)
            {
                int frame = Math.Min(sizes.Next(4) == 0 ? 2 + ushort.MaxValue : sizes.Next(1, 3000), sent.Length - at);
                Assert.True(await reader.FillAsync(frame, default).AsTask().WaitAsync(TestHost.Patience));
                Assert.True(sent.AsSpan(at, frame).SequenceEqual(reader.Buffered[..frame]));
                reader.Consume(frame);
                at += frame;
            }

            await writing;
            Assert.True(reader.Buffered.IsEmpty);
            Task<bool> idle = reader.FillAsync(1, default).AsTask();
            Assert.InRange(reader.HeldBytes, 1, 4096);
            writer.Shutdown();
            Assert.False(await idle.WaitAsync(TestHost.Patience));
        }
    }

    [Fact]
    public async Task After_a_shutdown_what_was_received_is_read_and_then_the_end()
    {
        (SocketChannel writer, SocketChannel reader) = await ConnectAsync();
        using (writer)
        using (reader)
        {
            await writer.WriteAsync(new byte[100]);
            Assert.True(await reader.FillAsync(1, default).AsTask().WaitAsync(TestHost.Patience));
            reader.Consume(1);
            reader.Shutdown();
            reader.Shutdown();
            var rest = new byte[99];
            Assert.True(await reader.ReadExactlyAsync(rest).AsTask().WaitAsync(TestHost.Patience));
            Assert.Equal(0, await reader.ReadAsync(rest).AsTask().WaitAsync(TestHost.Patience));
        }
    }

    private static async Task<(SocketChannel Writer, SocketChannel Reader)> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var dialler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await dialler.ConnectAsync(listener.LocalEndPoint!);
        return (new SocketChannel(dialler), new SocketChannel(await listener.AcceptAsync()));
    }
}
