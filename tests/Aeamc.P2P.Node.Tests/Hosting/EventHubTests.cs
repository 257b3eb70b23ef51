using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Hosting;

public class EventHubTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CheckpointSignedEvent Event(ulong height) => new(height, "hash", "signature");

    [Fact]
    public async Task Who_waits_for_a_block_wakes_at_the_first_one_above()
    {
        var hub = new EventHub();
        hub.BlockFinal(new Height(4));
        await hub.WaitAboveAsync(new Height(3), CancellationToken.None).WaitAsync(Patience);

        Task waiting = hub.WaitAboveAsync(new Height(5), CancellationToken.None);
        hub.BlockFinal(new Height(5));
        Assert.False(waiting.IsCompleted);
        hub.BlockFinal(new Height(6));
        await waiting.WaitAsync(Patience);
    }

    [Fact]
    public async Task Who_gives_up_waiting_is_let_go()
    {
        using var caller = new CancellationTokenSource();
        Task waiting = new EventHub().WaitAboveAsync(new Height(5), caller.Token);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_slow_follower_loses_its_oldest_events_and_nobody_else_any()
    {
        var hub = new EventHub();
        using var stop = new CancellationTokenSource();
        await using IAsyncEnumerator<NodeEvent> slow = hub.FollowAsync(stop.Token).GetAsyncEnumerator();
        ValueTask<bool> first = slow.MoveNextAsync();
        hub.Publish(Event(0));
        Assert.True(await first.AsTask().WaitAsync(Patience));
        for (ulong i = 1; i <= 300; i++)
        {
            hub.Publish(Event(i));
        }

        Assert.True(await slow.MoveNextAsync().AsTask().WaitAsync(Patience));
        Assert.Equal(45ul, slow.Current.Height);
    }

    [Fact]
    public async Task Followers_beyond_the_cap_are_turned_away_until_one_leaves()
    {
        var hub = new EventHub();
        using var stop = new CancellationTokenSource();
        var followers = new List<(IAsyncEnumerator<NodeEvent> Follower, Task<bool> Next)>();
        for (int i = 0; i < EventHub.MaximumFollowers; i++)
        {
            IAsyncEnumerator<NodeEvent> follower = hub.FollowAsync(stop.Token).GetAsyncEnumerator();
            followers.Add((follower, follower.MoveNextAsync().AsTask()));
        }

        await using (IAsyncEnumerator<NodeEvent> late = hub.FollowAsync(CancellationToken.None).GetAsyncEnumerator())
        {
            Assert.False(await late.MoveNextAsync());
        }

        await stop.CancelAsync();
        foreach ((IAsyncEnumerator<NodeEvent> follower, Task<bool> next) in followers)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(Patience));
            await follower.DisposeAsync();
        }

        await using IAsyncEnumerator<NodeEvent> next2 = hub.FollowAsync(CancellationToken.None).GetAsyncEnumerator();
        ValueTask<bool> welcome = next2.MoveNextAsync();
        hub.Publish(Event(1));
        Assert.True(await welcome.AsTask().WaitAsync(Patience));
    }
}
