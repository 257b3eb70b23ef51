namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>Knows how many background tasks run, so that stopping can wait for them.</summary>
internal sealed class TaskTracker
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for the tracker itself, given back when it is asked to become idle.
    private int _running = 1;

    /// <summary>Starts a task that handles its own failures.</summary>
    public void Run(Func<Task> start)
    {
        Interlocked.Increment(ref _running);
        _ = RunAsync(start);
    }

    /// <summary>Whether all tasks have ended within <paramref name="patience"/> of real time. Called once.</summary>
    public async Task<bool> WhenIdleAsync(TimeSpan patience)
    {
        Leave();
        return await Task.WhenAny(_idle.Task, Task.Delay(patience, TimeProvider.System)).ConfigureAwait(false) == _idle.Task;
    }

    private async Task RunAsync(Func<Task> start)
    {
        try
        {
            await start().ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _idle.TrySetResult();
        }
    }
}
