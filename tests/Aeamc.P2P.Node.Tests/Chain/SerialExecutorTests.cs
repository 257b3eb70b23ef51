using Aeamc.P2P.Node.Chain;

namespace Aeamc.P2P.Node.Tests.Chain;

public class SerialExecutorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Work_runs_in_order_on_one_thread_and_a_burst_is_settled_once()
    {
        int settled = 0;
        using var executor = new SerialExecutor("test", () => settled++, _ => { });
        var seen = new List<(int Number, int Thread)>();
        for (int i = 0; i < 100; i++)
        {
            int number = i;
            executor.Post(() => seen.Add((number, Environment.CurrentManagedThreadId)));
        }

        executor.Start();
        int last = await executor.AskAsync(() => seen.Count).WaitAsync(Patience);

        Assert.Equal(100, last);
        Assert.InRange(settled, 0, 2);
        Assert.Equal(Enumerable.Range(0, 100), seen.Select(one => one.Number));
        Assert.Single(seen.Select(one => one.Thread).Distinct());
    }

    [Fact]
    public async Task A_fault_ends_it_and_is_told_once()
    {
        var fault = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var executor = new SerialExecutor("test", () => { }, fault.SetResult);
        executor.Start();
        Task<int> broken = executor.AskAsync<int>(() => throw new InvalidOperationException("broken"));

        Assert.Equal("broken", (await fault.Task.WaitAsync(Patience)).Message);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => broken.WaitAsync(Patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => executor.AskAsync(() => 1).WaitAsync(Patience));
        Assert.Equal(0, executor.Waiting);
    }

    [Fact]
    public async Task Who_asked_and_was_not_served_hears_of_the_end()
    {
        var executor = new SerialExecutor("test", () => { }, _ => { });
        Task<int> asked = executor.AskAsync(() => 1);

        executor.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(Patience));
    }

    [Fact]
    public async Task The_earliest_alarm_counts()
    {
        var rung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int settled = 0;
        using var executor = new SerialExecutor("test", () => _ = ++settled == 2 && rung.TrySetResult(), _ => { });
        executor.Start();

        // It settles once after this, and once more for the alarm.
        executor.Post(() =>
        {
            executor.AlarmIn(TimeSpan.FromMilliseconds(5));
            executor.AlarmIn(TimeSpan.FromHours(1));
        });

        await rung.Task.WaitAsync(Patience);
    }
}
