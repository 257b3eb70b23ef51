using System.Threading.Channels;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Storage.Tests.Store;

public sealed class MempoolWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Many_callers_at_once_are_all_written()
    {
        using (NodeStore store = NodeStore.Open(_folder["db"]))
        {
            await using MempoolWriter writer = new(store, capacity: 64);
            await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => writer.AcceptAsync(Id(i), BitConverter.GetBytes(i))));
            Assert.Equal(2000, store.ReadWaiting().Count);
        }

        using NodeStore again = NodeStore.Open(_folder["db"]);
        Assert.Equal(Enumerable.Range(0, 2000), again.ReadWaiting().Select(entry => BitConverter.ToInt32(entry.Bytes)).Order());
    }

    [Fact]
    public async Task Disposal_writes_what_waits_and_takes_no_more()
    {
        using NodeStore store = NodeStore.Open(_folder["db"]);
        MempoolWriter writer = new(store);
        Task[] accepted = [.. Enumerable.Range(0, 100).Select(i => writer.AcceptAsync(Id(i), new byte[100]))];
        await writer.DisposeAsync();
        await Task.WhenAll(accepted);
        Assert.Equal(100, store.ReadWaiting().Count);
        await Assert.ThrowsAsync<ChannelClosedException>(() => writer.AcceptAsync(Id(101), new byte[1]));
    }

    [Fact]
    public async Task A_failing_write_reaches_the_caller_and_not_the_loop()
    {
        NodeStore store = NodeStore.Open(_folder["db"]);
        MempoolWriter writer = new(store);
        store.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.AcceptAsync(Id(1), new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.AcceptAsync(Id(2), new byte[1]));
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task A_caller_may_give_up_while_the_queue_is_full()
    {
        using NodeStore store = NodeStore.Open(_folder["db"]);
        await using MempoolWriter writer = new(store, capacity: 1);
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        Task[] attempts = [.. Enumerable.Range(0, 200).Select(i => writer.AcceptAsync(Id(i), new byte[10], cancelled.Token))];
        int written = 0;
        foreach (Task attempt in attempts)
        {
            try
            {
                await attempt;
                written++;
            }
            catch (OperationCanceledException)
            {
                // Never entered the queue, so never written.
            }
        }

        Assert.Equal(written, store.ReadWaiting().Count);
    }

    private static Hash256 Id(int number) => Hash256.Of(BitConverter.GetBytes(number));
}
