using Aeamc.P2P.Libp2p.Gossipsub;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

public class SignalTests
{
    [Fact]
    public async Task It_wakes_who_waits_and_remembers_one_setting_for_who_comes()
    {
        var signal = new Signal();
        Task waiting = signal.WaitAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        signal.Set();
        await waiting.WaitAsync(TestHost.Patience);
        signal.Set();
        signal.Set();
        Task remembered = signal.WaitAsync().AsTask();
        Assert.True(remembered.IsCompletedSuccessfully);
        Task again = signal.WaitAsync().AsTask();
        Assert.False(again.IsCompleted);
        signal.Set();
        await again.WaitAsync(TestHost.Patience);
    }

    [Fact]
    public async Task No_setting_is_lost_among_many_threads()
    {
        var signal = new Signal();
        int done = 0;
        const int Threads = 4, Each = 20_000;
        Task[] setting = [.. Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                Interlocked.Increment(ref done);
                signal.Set();
            }
        }))];
        // Each wait sees all that was done before the setting that ends it.
        while (Volatile.Read(ref done) < Threads * Each)
        {
            await signal.WaitAsync().AsTask().WaitAsync(TestHost.Patience);
        }

        await Task.WhenAll(setting);
    }
}
