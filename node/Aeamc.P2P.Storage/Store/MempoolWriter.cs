using System.Threading.Channels;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Store;

/// <summary>
/// Group commit of acknowledged entries: many callers await, one loop writes. Whatever arrives while a sync runs shares the next one, so the
/// rate grows with the load. When the queue is full, callers wait their turn.
/// </summary>
public sealed class MempoolWriter : IAsyncDisposable
{
    private const int MaximumGroup = 4096;

    private readonly NodeStore _store;
    private readonly Channel<Pending> _queue;
    private readonly Task _loop;

    /// <param name="store">Where the entries go.</param>
    /// <param name="capacity">Entries that may wait to be written; further callers wait to enter.</param>
    public MempoolWriter(NodeStore store, int capacity = 8192)
    {
        _store = store;
        _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _loop = Task.Run(WriteAsync);
    }

    /// <summary>Completes when the entry is on the disk: from then on it may be acknowledged. The bytes must not change before that.</summary>
    /// <exception cref="Native.RocksDb.RocksDbException">The engine could not write (disk full, for one): nothing is acknowledged.</exception>
    /// <exception cref="ChannelClosedException">The writer is being disposed.</exception>
    public async Task AcceptAsync(Hash256 id, ReadOnlyMemory<byte> entry, CancellationToken cancellation = default)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Pending pending = new(id, entry, done);
        if (!_queue.Writer.TryWrite(pending))
        {
            await _queue.Writer.WriteAsync(pending, cancellation).ConfigureAwait(false);
        }

        await done.Task.ConfigureAwait(false);
    }

    /// <summary>Writes what waits and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        List<(Hash256, ReadOnlyMemory<byte>)> entries = [];
        List<TaskCompletionSource> waiting = [];
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (entries.Count < MaximumGroup && _queue.Reader.TryRead(out Pending pending))
            {
                entries.Add((pending.Id, pending.Entry));
                waiting.Add(pending.Done);
            }

            Complete(waiting, TryWrite(entries));
            entries.Clear();
            waiting.Clear();
        }
    }

    private Exception? TryWrite(List<(Hash256, ReadOnlyMemory<byte>)> entries)
    {
        try
        {
            CrashPoint.Reach(CrashPoint.MempoolWrite);
            _store.PutWaiting(entries);
            CrashPoint.Reach(CrashPoint.MempoolWritten);
            return null;
        }
        catch (Exception error)
        {
            // Every caller of the group gets it, and decides.
            return error;
        }
    }

    private static void Complete(List<TaskCompletionSource> waiting, Exception? error)
    {
        foreach (TaskCompletionSource one in waiting)
        {
            if (error is null)
            {
                one.SetResult();
            }
            else
            {
                one.SetException(error);
            }
        }
    }

    private readonly record struct Pending(Hash256 Id, ReadOnlyMemory<byte> Entry, TaskCompletionSource Done);
}
