using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>The queue of outgoing frames and the reader of incoming ones.</summary>
public class StreamTests
{
    private static SharedFrame Frame(int size, byte fill)
    {
        SharedFrame frame = FramePool.Shared.Rent(size);
        frame.Span.Fill(fill);
        return frame;
    }

    [Fact]
    public void A_full_queue_drops_gossip_first_then_messages_of_others()
    {
        using var queue = new OutgoingQueue(maxBytes: 100);
        Assert.Equal(EnqueueResult.Queued, queue.Enqueue(Frame(40, 1), SendPriority.Gossip));
        Assert.Equal(EnqueueResult.Queued, queue.Enqueue(Frame(40, 2), SendPriority.Forward));
        Assert.Equal(EnqueueResult.Dropped, queue.Enqueue(Frame(40, 3), SendPriority.Gossip));
        Assert.Equal(EnqueueResult.QueuedInstead, queue.Enqueue(Frame(40, 4), SendPriority.Forward));
        Assert.Equal(EnqueueResult.Dropped, queue.Enqueue(Frame(40, 5), SendPriority.Forward));
        Assert.Equal(80, queue.Bytes);
        Assert.Equal(EnqueueResult.QueuedInstead, queue.Enqueue(Frame(90, 6), SendPriority.Control));
        Assert.Equal(EnqueueResult.Overflow, queue.Enqueue(Frame(40, 7), SendPriority.Control));
        Assert.Equal(90, queue.Bytes);
    }

    [Fact]
    public async Task The_important_is_written_first_and_large_frames_whole()
    {
        using var queue = new OutgoingQueue(maxBytes: 1 << 20);
        queue.Enqueue(Frame(3, 3), SendPriority.Gossip);
        queue.Enqueue(Frame(200_000, 2), SendPriority.Forward);
        queue.Enqueue(Frame(2, 1), SendPriority.Control);
        queue.Enqueue(Frame(4, 4), SendPriority.Control);
        (PairedChannel near, PairedChannel far) = PairedChannel.Create();
        using CancellationTokenSource stop = new();
        Task writing = queue.WriteToAsync(near, stop.Token);
        var all = new byte[200_009];
        Assert.True(await far.ReadExactlyAsync(all).AsTask().WaitAsync(TestHost.Patience));
        Assert.Equal([1, 1, 4, 4, 4, 4], all[..6]);
        Assert.Equal(200_000, all[6..200_006].Count(b => b == 2));
        Assert.Equal([3, 3, 3], all[200_006..]);
        // What comes later is written too.
        queue.Enqueue(Frame(5, 5), SendPriority.Gossip);
        Assert.True(await far.ReadExactlyAsync(all.AsMemory(0, 5)).AsTask().WaitAsync(TestHost.Patience));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Equal(0, queue.Bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Frames_of_all_sizes_are_read_however_they_are_cut(int cut)
    {
        int[] sizes = [0, 1, 127, 128, 5_000, 300_000, 3, 0, 65_536, 2];
        var bytes = new MemoryStream();
        foreach (int size in sizes)
        {
            var frame = new byte[size + 9];
            bytes.Write(frame, 0, LengthPrefixed.Write(frame, Frame(size, (byte)(size % 251)).Span));
        }

        using var reader = new FrameReader(new CutChannel(bytes.ToArray(), cut), maxFrameBytes: 300_000);
        foreach (int size in sizes)
        {
            Assert.True(await reader.ReadAsync(CancellationToken.None));
            Assert.Equal(size, reader.Frame.Length);
            Assert.True(reader.Frame.Span.IndexOfAnyExcept((byte)(size % 251)) < 0);
        }

        Assert.False(await reader.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Frames_that_have_come_are_taken_beside_each_other_up_to_the_first_that_is_none()
    {
        // Two frames, and one that is too long for any.
        using var reader = new FrameReader(new CutChannel([2, 7, 7, 1, 8, 0xE9, 0xA7, 0x12], 100), maxFrameBytes: 300_000);
        Assert.True(await reader.ReadAsync(CancellationToken.None));
        ReadOnlyMemory<byte> first = reader.Frame;
        Assert.True(reader.TryReadBuffered());
        Assert.Equal([8], reader.Frame.ToArray());
        Assert.Equal([7, 7], first.ToArray());
        Assert.False(reader.TryReadBuffered());
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await reader.ReadAsync(CancellationToken.None));
        using var cut = new FrameReader(new CutChannel([1, 7, 2, 8, 8], 4), maxFrameBytes: 10);
        Assert.True(await cut.ReadAsync(CancellationToken.None));
        Assert.False(cut.TryReadBuffered());
        Assert.True(await cut.ReadAsync(CancellationToken.None));
        Assert.Equal([8, 8], cut.Frame.ToArray());
    }

    [Theory]
    [InlineData("E9A712", ChannelCloseReason.MessageTooLong)] // 300,009
    [InlineData("8000", ChannelCloseReason.MessageTooLong)] // not the shortest form
    [InlineData("0501", ChannelCloseReason.EndedInsideMessage)]
    [InlineData("80", ChannelCloseReason.EndedInsideMessage)]
    public async Task Bad_frames_are_refused(string hex, ChannelCloseReason reason)
    {
        using var reader = new FrameReader(new CutChannel(Convert.FromHexString(hex), 1), maxFrameBytes: 300_000);
        var refusal = await Assert.ThrowsAsync<ChannelClosedException>(async () => await reader.ReadAsync(CancellationToken.None));
        Assert.Equal(reason, refusal.Reason);
    }

    /// <summary>Gives its bytes in pieces of one size, then ends.</summary>
    private sealed class CutChannel(byte[] bytes, int cut) : ByteChannel
    {
        private int _position;

        public override ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
        {
            int count = Math.Min(Math.Min(cut, destination.Length), bytes.Length - _position);
            bytes.AsMemory(_position, count).CopyTo(destination);
            _position += count;
            return ValueTask.FromResult(count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    [Fact]
    public async Task A_forwarded_copy_that_still_waits_is_not_written_once_it_is_not_wanted()
    {
        using var queue = new OutgoingQueue(maxBytes: 1 << 20);
        var harness = new RouterHarness();
        PubsubMessage unwanted = harness.Own("unwanted");
        PubsubMessage wanted = harness.Own("wanted");
        PubsubMessage own = harness.Own("own");
        queue.Enqueue(unwanted.Shared, SendPriority.Forward);
        queue.Enqueue(wanted.Shared, SendPriority.Forward);
        queue.Enqueue(own.Shared, SendPriority.Control);
        Assert.True(queue.Cancel(unwanted));
        Assert.False(queue.Cancel(unwanted));
        Assert.False(queue.Cancel(own));
        (PairedChannel near, PairedChannel far) = PairedChannel.Create();
        using CancellationTokenSource stop = new();
        Task writing = queue.WriteToAsync(near, stop.Token);
        var written = new byte[own.Frame.Length + wanted.Frame.Length];
        Assert.True(await far.ReadExactlyAsync(written).AsTask().WaitAsync(TestHost.Patience));
        Assert.Equal([.. own.Frame.ToArray(), .. wanted.Frame.ToArray()], written);
        Assert.Equal(0, queue.Bytes);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    [Fact]
    public void Frames_go_back_to_the_pool_when_the_last_holder_lets_go()
    {
        var pool = new FramePool(maxBytes: 100_000);
        SharedFrame frame = pool.Rent(1000);
        byte[] buffer = frame.Buffer;
        frame.Retain();
        frame.Release();
        Assert.Equal(0, pool.Bytes);
        frame.Release();
        Assert.Equal(buffer.Length, pool.Bytes);
        Assert.Same(buffer, pool.Rent(1024).Buffer);
        SharedFrame other = pool.Rent(1);
        other.Release();
        Assert.Throws<InvariantException>(other.Release);
    }

    [Fact]
    public void Every_length_has_a_size_class_at_most_a_quarter_larger_and_the_pool_a_bound()
    {
        var pool = new FramePool(maxBytes: 1 << 20);
        for (int length = 1; length < 6 << 20; length += 1 + (length / 50))
        {
            SharedFrame frame = pool.Rent(length);
            Assert.Equal(length, frame.Length);
            Assert.InRange(frame.Buffer.Length, length, Math.Max(64, length * 5 / 4));
            frame.Release();
            Assert.InRange(pool.Bytes, 0, 1 << 20);
        }

        long kept = pool.Bytes;
        Assert.True(kept > 0);
        // Nothing was needed between two heartbeats: half goes, and half of the rest.
        pool.Trim();
        pool.Trim();
        Assert.InRange(pool.Bytes, 0, (kept / 2) + 1);
    }
}
