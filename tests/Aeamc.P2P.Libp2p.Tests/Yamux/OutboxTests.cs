using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Libp2p.Tests.Yamux;

/// <summary>Who sends what was queued on a connection.</summary>
public class OutboxTests
{
    [Fact]
    public async Task What_is_small_and_gathered_is_sent_by_its_writer()
    {
        (Sent channel, YamuxSession session, YamuxStream stream) = await IdleAsync();
        Assert.True(stream.WriteGatheredAsync(new byte[100], TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
        Assert.Equal((1, YamuxHeader.Size + 100, Environment.CurrentManagedThreadId), (channel.Writes, channel.Bytes, channel.Thread));
        session.Abort();
    }

    [Fact]
    public async Task A_small_message_is_sent_by_whoever_has_it()
    {
        (Sent channel, YamuxSession session, YamuxStream stream) = await IdleAsync();
        Assert.True(stream.TryWrite(new byte[100]));
        Assert.Equal((1, YamuxHeader.Size + 100, Environment.CurrentManagedThreadId), (channel.Writes, channel.Bytes, channel.Thread));
        session.Abort();
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(20_000, true)]
    public async Task Everything_else_is_sent_by_the_pool(int bytes, bool gathered)
    {
        (Sent channel, YamuxSession session, YamuxStream stream) = await IdleAsync();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await (gathered ? stream.WriteGatheredAsync(new byte[bytes], cancellation) : stream.WriteAsync(new byte[bytes], cancellation));
        await session.Outbox.DrainAsync();
        Assert.Equal(YamuxHeader.Size + bytes, channel.Bytes);
        session.Abort();
    }

    [Fact]
    public async Task What_others_queue_while_a_writer_sends_is_not_the_writers_to_send()
    {
        (Sent channel, YamuxSession session, YamuxStream stream) = await IdleAsync();
        bool queued = false;
        // As another thread may, just while the first bytes are sent.
        channel.OnWrite = () => queued = queued || stream.TryWrite(new byte[50]);
        Assert.True(stream.WriteGatheredAsync(new byte[100], TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
        await session.Outbox.DrainAsync();
        Assert.True(queued);
        Assert.Equal((2, (2 * YamuxHeader.Size) + 150), (channel.Writes, channel.Bytes));
        session.Abort();
    }

    // A session with a stream, after all that opening it has sent.
    private static async Task<(Sent Channel, YamuxSession Session, YamuxStream Stream)> IdleAsync()
    {
        var channel = new Sent();
        var session = new YamuxSession(
            channel, PeerId.FromPublicKey(new byte[32]), client: true, YamuxOptions.From(new Libp2pLimits()), TimeProvider.System, new RefusalCounters(), static _ => { });
        YamuxStream stream = session.OpenStream();
        await session.Outbox.DrainAsync();
        channel.Forget();
        return (channel, session, stream);
    }

    /// <summary>Counts what is sent, and by whom.</summary>
    private sealed class Sent : ConnectionChannel
    {
        public int Writes { get; private set; }

        public int Bytes { get; private set; }

        public int Thread { get; private set; }

        public Action OnWrite { get; set; } = static () => { };

        public void Forget() => (Writes, Bytes) = (0, 0);

        public override ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default) => new(0);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            Writes++;
            Bytes += source.Length;
            Thread = Environment.CurrentManagedThreadId;
            OnWrite();
            return ValueTask.CompletedTask;
        }

        public override void Shutdown()
        {
            // Nothing to shut.
        }

        public override void Dispose()
        {
            // Nothing to let go.
        }
    }
}
