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

    /// <summary>Answers to probes that nobody sent, one after the other, until it is ended.</summary>
    private sealed class Endless : ConnectionChannel
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _ended;

        public Task Begun => _begun.Task;

        public void End() => _ended = true;

        public override ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
        {
            _begun.TrySetResult();
            if (Volatile.Read(ref _ended))
            {
                return new(0);
            }

            new YamuxHeader(YamuxFrameType.Ping, YamuxFlags.Ack, 0, 7).Write(destination.Span);
            return new(YamuxHeader.Size);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override void Shutdown() => End();

        public override void Dispose() => End();
    }
}
