using System.Diagnostics;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Fuzz.Siege;

/// <summary>Round trips as an honest peer has them.</summary>
/// <param name="Count">Answered pings.</param>
/// <param name="Failed">Pings without an answer.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
internal sealed record PingFigures(int Count, int Failed, double P50, double P99)
{
    /// <summary>Pings one after another, with a pause, for a time.</summary>
    public static async Task<PingFigures> MeasureAsync(Libp2pHost honest, Multiaddress target, TimeSpan time, CancellationToken cancellationToken)
    {
        var taken = new List<double>();
        int failed = 0;
        var clock = Stopwatch.StartNew();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (clock.Elapsed < time && await pause.WaitForNextTickAsync(cancellationToken))
        {
            long start = Stopwatch.GetTimestamp();
            try
            {
                PeerId peer = await honest.ConnectAsync(target, cancellationToken);
                await honest.PingAsync(peer, cancellationToken).WaitAsync(TimeSpan.FromSeconds(5), cancellationToken);
                taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                failed++;
            }
        }

        taken.Sort();
        return new PingFigures(taken.Count, failed, At(taken, 0.50), At(taken, 0.99));
    }

    private static double At(List<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * share)];
}
