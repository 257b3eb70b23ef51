using System.Diagnostics;

namespace Aeamc.P2P.Benchmarks.Libp2p;

/// <summary>The machine's monotonic clock in nanoseconds, the same in every process and in node (process.hrtime).</summary>
internal static class Clock
{
    public static long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    public static Task UntilAsync(long time) => Task.Delay(TimeSpan.FromMicroseconds(Math.Max(0, (time - Now) / 1000)));
}
