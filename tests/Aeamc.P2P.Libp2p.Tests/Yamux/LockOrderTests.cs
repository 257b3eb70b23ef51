using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Yamux;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Tests.Yamux;

/// <summary>A stream takes its session's gate under its own. Where that was once done the other way round too, a node stood still for good.</summary>
public class LockOrderTests
{
    [Fact]
    public async Task A_stream_that_is_taken_for_ended_while_its_window_grows_stops_neither_thread()
    {
        var time = new InterruptedTime();
        var session = new YamuxSession(
            new BreakingChannel(), PeerId.FromNodeId(new NodeId(new byte[32])), client: false, YamuxOptions.From(new Libp2pLimits()), time, new RefusalCounters(), _ => { });
        Assert.Null(session.Accept(1, out YamuxStream? stream));
        var half = new byte[YamuxOptions.InitialWindow / 2];
        Assert.Equal(DeliverResult.Stored, stream!.Deliver(half));

        // The clock is asked under the stream's gate, just before the session is asked for more window.
        var other = new Thread(() => session.RemoveIfOver(stream)) { IsBackground = true };
        time.Interruption = () =>
        {
            other.Start();
            SpinWait.SpinUntil(() => other.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !other.IsAlive);
        };
        Task<int> read = Task.Run(async () => await stream.ReadAsync(half), TestContext.Current.CancellationToken);
        Assert.Equal(half.Length, await read.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.True(other.Join(TimeSpan.FromSeconds(60)));
        Assert.Null(time.Interruption);
    }

    /// <summary>A clock that runs something once when it is asked for the time.</summary>
    private sealed class InterruptedTime : TimeProvider
    {
        public Action? Interruption { get; set; }

        public override long GetTimestamp()
        {
            Action? interruption = Interruption;
            Interruption = null;
            interruption?.Invoke();
            return base.GetTimestamp();
        }
    }
}
