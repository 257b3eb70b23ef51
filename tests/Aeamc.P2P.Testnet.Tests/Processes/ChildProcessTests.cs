using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Testnet.Tests.Processes;

public sealed class ChildProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Fact]
    public async Task Output_of_both_kinds_goes_to_the_log_and_the_exit_code_is_told()
    {
        await using ChildProcess child = Script("echo one; echo two >&2; exit 3");
        Assert.Equal(3, await child.Exited.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.True(child.HasExited);
        Assert.Equal("one\ntwo", child.Tail(5));
        Assert.Equal("two", child.Tail(1));
    }

    [Fact]
    public async Task A_program_that_obeys_SIGTERM_stops_cleanly()
    {
        await using ChildProcess child = Script("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        await ReadyAsync(child);
        StopOutcome outcome = await child.StopAsync(Patience);
        Assert.Equal(new StopOutcome(0, Forced: false), outcome);
        Assert.True(outcome.Clean);
        Assert.EndsWith("bye", child.Tail(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_obey_is_killed_and_that_is_told()
    {
        await using ChildProcess child = Script("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        await ReadyAsync(child);
        StopOutcome outcome = await child.StopAsync(TimeSpan.FromMilliseconds(200));
        Assert.Equal(new StopOutcome(128 + 9, Forced: true), outcome);
        Assert.False(outcome.Clean);
    }

    [Fact]
    public async Task A_program_that_has_ended_can_be_stopped_and_keeps_its_exit_code()
    {
        await using ChildProcess child = Script("exit 70");
        await child.Exited.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(new StopOutcome(70, Forced: false), await child.StopAsync(Patience));
        Assert.Equal(70, await child.KillAsync());
    }

    [Fact]
    public async Task The_process_id_is_the_programs_own_and_it_leads_a_session_of_its_own()
    {
        await using ChildProcess child = Script("echo $$; cut -d' ' -f6 /proc/$$/stat");
        await child.Exited.WaitAsync(Patience, TestContext.Current.CancellationToken);
        string id = child.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal($"{id}\n{id}", child.Tail(2));
    }

    [Fact]
    public async Task Disposing_kills()
    {
        ChildProcess child = Script("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        await ReadyAsync(child);
        await child.DisposeAsync();
        Assert.True(child.HasExited);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ChildProcess Script(string script) => ChildProcess.Start("child", "/bin/sh", ["-c", script], Path.Combine(_folder.FullName, "child.log"));

    private static Task ReadyAsync(ChildProcess child) => Testnet.Network.Wait.UntilAsync(
        "the child being ready", Patience, () => Task.FromResult(child.Tail(1).StartsWith("ready", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
}
