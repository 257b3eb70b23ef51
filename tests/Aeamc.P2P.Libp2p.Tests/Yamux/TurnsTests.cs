using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Libp2p.Tests.Yamux;

/// <summary>A connection that never has to wait does not keep its thread.</summary>
public class TurnsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_peer_that_sends_without_pause_takes_turns_with_others()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var channel = new Endless();
        var session = new YamuxSession(
            channel, PeerId.FromPublicKey(new byte[32]), client: true, YamuxOptions.From(new Libp2pLimits()), TimeProvider.System, new RefusalCounters(), static _ => { });
        // One thread for all, as a pool of one.
        TaskScheduler single = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        Task running = Task.Factory.StartNew(session.RunAsync, cancellation, TaskCreationOptions.None, single).Unwrap();
        await channel.Begun.WaitAsync(Patience, cancellation);
        await Task.Factory.StartNew(channel.End, cancellation, TaskCreationOptions.None, single).WaitAsync(Patience, cancellation);
        await running.WaitAsync(Patience, cancellation);
        Assert.True(session.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_peer_that_sends_much_takes_one_noise_frame_a_turn()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var channel = new Endless { FillsReads = true };
        var session = new YamuxSession(
            channel, PeerId.FromPublicKey(new byte[32]), client: true, YamuxOptions.From(new Libp2pLimits()), TimeProvider.System, new RefusalCounters(), static _ => { });
        var turns = new OneAtATime();
        Task running = Task.Factory.StartNew(session.RunAsync, cancellation, TaskCreationOptions.None, turns).Unwrap();
        // The first step only goes to the end of the queue.
        turns.RunOne();
        for (int turn = 0; turn < 10; turn++)
        {
            long before = channel.Sent;
            turns.RunOne();
            Assert.InRange(channel.Sent - before, 1, 64 * 1024);
        }

        channel.End();
        turns.RunOne();
        await running.WaitAsync(Patience, cancellation);
    }

    /// <summary>Runs what is queued when told to, on the caller's thread.</summary>
    private sealed class OneAtATime : TaskScheduler
    {
        private readonly Queue<Task> _queued = new();

        public void RunOne() => TryExecuteTask(_queued.Dequeue());

        protected override void QueueTask(Task task) => _queued.Enqueue(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => _queued;
    }

    /// <summary>Answers to probes that nobody sent, one after the other, until it is ended.</summary>
    private sealed class Endless : ConnectionChannel
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _ended;

        /// <summary>Whether a read gives as much as there is room for, and not one frame.</summary>
        public bool FillsReads { get; init; }

        public long Sent { get; private set; }

        public Task Begun => _begun.Task;

        public void End() => _ended = true;

        public override ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
        {
            _begun.TrySetResult();
            if (Volatile.Read(ref _ended))
            {
                return new(0);
            }

            int frames = FillsReads ? destination.Length / YamuxHeader.Size : 1;
            for (int i = 0; i < frames; i++)
            {
                new YamuxHeader(YamuxFrameType.Ping, YamuxFlags.Ack, 0, 7).Write(destination.Span[(i * YamuxHeader.Size)..]);
            }

            Sent += frames * YamuxHeader.Size;
            return new(frames * YamuxHeader.Size);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override void Shutdown() => End();

        public override void Dispose() => End();
    }
}
