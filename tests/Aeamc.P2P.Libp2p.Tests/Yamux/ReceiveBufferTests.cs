using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Libp2p.Tests.Yamux;

public class ReceiveBufferTests
{
    [Fact]
    public async Task Bytes_come_in_order_whatever_the_sizes_of_adds_and_reads()
    {
        var random = new Random(11);
        var buffer = new ReceiveBuffer();
        byte[] sent = new byte[1 << 20], got = new byte[sent.Length];
        random.NextBytes(sent);
        int added = 0, read = 0;
        while (read < sent.Length)
        {
            if (added < sent.Length && random.Next(2) == 0)
            {
                int count = Math.Min(random.Next(20_000), sent.Length - added);
                buffer.Add(sent.AsSpan(added, count));
                added += count;
            }
            else if (added > read || random.Next(3) == 0)
            {
                Task<int> pending = buffer.ReadAsync(got.AsMemory(read, Math.Min(random.Next(1, 30_000), sent.Length - read)), default).AsTask();
                if (!pending.IsCompleted && added < sent.Length)
                {
                    int count = Math.Min(random.Next(1, 50_000), sent.Length - added);
                    buffer.Add(sent.AsSpan(added, count));
                    added += count;
                }

                read += await pending.WaitAsync(TestHost.Patience);
            }
        }

        Assert.Equal(sent, got);
        Assert.Equal(0, buffer.Count);
        buffer.End();
        Assert.Equal(0, await buffer.ReadAsync(got, default));
    }

    [Fact]
    public async Task A_cancelled_read_loses_nothing_and_the_next_one_works()
    {
        var buffer = new ReceiveBuffer();
        var bytes = new byte[4];
        using (var cancel = new CancellationTokenSource())
        {
            Task<int> pending = buffer.ReadAsync(bytes, cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
            Assert.True(buffer.ReadAsync(bytes, cancel.Token).AsTask().IsCanceled);
        }

        buffer.Add([1, 2, 3, 4, 5]);
        Assert.Equal(4, await buffer.ReadAsync(bytes, default));
        Assert.Equal([1, 2, 3, 4], bytes);
        Assert.Equal(1, await buffer.ReadAsync(bytes, default));
    }

    [Fact]
    public async Task A_failure_reaches_a_waiting_reader_and_says_how_many_bytes_it_dropped()
    {
        var buffer = new ReceiveBuffer();
        Task<int> pending = buffer.ReadAsync(new byte[1], default).AsTask();
        Assert.Equal(0, buffer.Fail(ChannelCloseReason.ConnectionLost));
        await Assert.ThrowsAsync<ChannelClosedException>(() => pending.WaitAsync(TestHost.Patience));
        var other = new ReceiveBuffer();
        other.Add(new byte[10]);
        Assert.Equal(10, other.Fail(ChannelCloseReason.ResetByPeer));
        Assert.True(other.ReadAsync(new byte[1], default).AsTask().IsFaulted);
    }
}
