using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Testnet.Tests.Processes;

public sealed class ProcessGuardTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Fact]
    public async Task What_still_runs_when_the_pipe_closes_is_killed()
    {
        using var guard = new ProcessGuard();
        await using ChildProcess first = Start("first", "exec sleep 600", guard);
        await using ChildProcess second = Start("second", "trap '' TERM INT HUP; exec sleep 600", guard);

        // The death of this process closes the same pipe.
        guard.Dispose();

        Assert.Equal(128 + 9, await first.Exited.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(128 + 9, await second.Exited.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_was_taken_off_the_list_is_left_alone()
    {
        using var guard = new ProcessGuard();
        await using ChildProcess kept = Start("kept", "exec sleep 600", guard);
        await using ChildProcess killed = Start("killed", "exec sleep 600", guard);
        guard.Forget(kept.Id);
        guard.Dispose();
        await killed.Exited.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(kept.HasExited);
    }

    [Fact]
    public void Telling_it_something_after_the_end_does_nothing()
    {
        var guard = new ProcessGuard();
        guard.Dispose();
        guard.Watch(1);
        guard.Forget(1);
        guard.Dispose();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ChildProcess Start(string name, string script, ProcessGuard guard) =>
        ChildProcess.Start(name, "/bin/sh", ["-c", script], Path.Combine(_folder.FullName, name + ".log"), guard);
}
