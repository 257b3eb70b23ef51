using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Storage;

namespace Aeamc.P2P.Node.Tests.Hosting;

public sealed class DiskWatchTests
{
    private const long Reserve = 64 << 20;

    private readonly ManualTime _time = new(TestCommittee.Start);
    private readonly TaskCompletionSource<int> _stop = new();
    private long _free = 100 << 20;

    [Fact]
    public void Less_than_the_reserve_is_reported_as_a_full_disk_while_there_still_is_room()
    {
        var faults = new List<Exception>();
        using var watch = new DiskWatch("/data", Reserve, () => _free, _time, faults.Add);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Empty(faults);
        _free = Reserve - 1;
        _time.Advance(TimeSpan.FromSeconds(1));
        Exception fault = Assert.Single(faults);
        Assert.True(DiskSpace.IsFull(fault));
        Assert.Contains("storage.reserve_mb", fault.Message, StringComparison.Ordinal);
        Assert.Contains("/data", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_goes_on_with_a_margin_above_the_reserve_and_not_before()
    {
        _free = Reserve + 1;
        Task waiting = DiskWatch.WaitForRoomAsync(Reserve, () => _free, _time, _stop.Task);
        for (int second = 0; second < 5; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            Assert.False(waiting.IsCompleted);
        }

        _free = Reserve + DiskWatch.Margin;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!waiting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task A_signal_ends_the_wait()
    {
        _free = 0;
        Task waiting = DiskWatch.WaitForRoomAsync(Reserve, () => _free, _time, _stop.Task);
        _stop.SetResult(0);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
