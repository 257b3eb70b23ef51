using System.Diagnostics;

namespace Aeamc.P2P.Benchmarks.Libp2p;

/// <summary>The machine's monotonic clock in nanoseconds, the same in every process and in node (process.hrtime), and waiting for it: a load has a pace.</summary>
internal static class Clock
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    public static long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    public static async Task UntilAsync(long time)
    {
        TimeSpan left = TimeSpan.FromMicroseconds((time - Now) / 1000);
        using var timer = new PeriodicTimer(left > Shortest ? left : Shortest);
        await timer.WaitForNextTickAsync().ConfigureAwait(false);
    }

    /// <summary>Waits on this thread: finer than the timers of the runtime.</summary>
    public static void Until(long time)
    {
        using var never = new ManualResetEventSlim(false, spinCount: 0);
        while (Now < time)
        {
            never.Wait(TimeSpan.FromMilliseconds(Math.Max(1, (time - Now) / 1_000_000)));
        }
    }
}
