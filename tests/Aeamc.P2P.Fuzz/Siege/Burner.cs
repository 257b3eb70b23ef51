using System.Diagnostics;

namespace Aeamc.P2P.Fuzz.Siege;

/// <summary>Takes processor time and does nothing with it: what a neighbour on the same machine costs. Linked into the benchmarks.</summary>
internal static class Burner
{
    /// <summary>Burns until cancelled, in pieces of at most 2 ms, from as many threads as it takes: the work that it stands for comes in small pieces too.</summary>
    /// <param name="share">Processor seconds per second.</param>
    /// <param name="ending">Ends it.</param>
    public static void Burn(double share, CancellationToken ending)
    {
        int threads = Math.Max(1, (int)Math.Ceiling(share));
        Thread[] burning = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            var clock = Stopwatch.StartNew();
            double burnt = 0;
            while (!ending.IsCancellationRequested)
            {
                double due = clock.Elapsed.TotalSeconds * share / threads;
                if (burnt >= due)
                {
                    ending.WaitHandle.WaitOne(1);
                    continue;
                }

                long start = Stopwatch.GetTimestamp();
                Thread.SpinWait(20_000);
                burnt += Math.Min(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.002);
            }
        }))];
        Array.ForEach(burning, thread => thread.Start());
        Array.ForEach(burning, thread => thread.Join());
    }
}
