using Aeamc.P2P.Node.Consensus;

namespace Aeamc.P2P.Node.Tests.Consensus;

public sealed class SideThreadTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SideThread _side = new("side");

    public void Dispose() => _side.Dispose();

    [Fact]
    public void Both_run_at_the_same_time_and_both_are_done_at_the_end()
    {
        using SemaphoreSlim beside = new(0), here = new(0);
        for (int round = 1; round <= 100; round++)
        {
            bool done = false;

            // Each waits for the other: one after the other they would never end.
            _side.RunBeside(
                () =>
                {
                    beside.Release();
                    Assert.True(here.Wait(Patience));
                    Thread.Yield();
                    Volatile.Write(ref done, true);
                },
                () =>
                {
                    here.Release();
                    Assert.True(beside.Wait(Patience));
                });
            Assert.True(Volatile.Read(ref done));
        }
    }

    [Fact]
    public void What_either_throws_is_thrown_when_both_are_done_and_the_next_round_knows_nothing_of_it()
    {
        int ended = 0;
        Assert.Equal("beside", Assert.Throws<IOException>(() => _side.RunBeside(() => throw new IOException("beside"), () => ended++)).Message);
        Assert.Equal("here", Assert.Throws<IOException>(() => _side.RunBeside(() => Interlocked.Increment(ref ended), () => throw new IOException("here"))).Message);
        _side.RunBeside(() => Interlocked.Increment(ref ended), () => { });
        Assert.Equal(3, ended);
    }

    [Fact]
    public void Of_two_failures_the_one_here_is_thrown_and_neither_comes_again()
    {
        Assert.Equal("here", Assert.Throws<IOException>(() => _side.RunBeside(() => throw new IOException("beside"), () => throw new IOException("here"))).Message);
        _side.RunBeside(() => { }, () => { });
    }

    [Fact]
    public void It_refuses_work_once_it_is_closed()
    {
        _side.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _side.RunBeside(() => { }, () => { }));
    }
}
