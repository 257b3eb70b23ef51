using System.Diagnostics;

namespace Aeamc.P2P.Testnet.Network;

/// <summary>Waits for conditions on processes, which can only be asked again and again.</summary>
public static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks until the answer is not null and gives it.</summary>
    /// <param name="what">What is waited for, to complete "... did not happen within 10 s".</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="probe">The question.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="TestnetException">It took longer.</exception>
    public static async Task<T> ForAsync<T>(string what, TimeSpan limit, Func<Task<T?>> probe, CancellationToken cancellation)
        where T : class
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await probe().ConfigureAwait(false) is { } answer)
            {
                return answer;
            }

            if (Stopwatch.GetElapsedTime(started) > limit)
            {
                throw new TestnetException($"{what} did not happen within {limit.TotalSeconds:0} s.");
            }

            await Task.Delay(Pause, TimeProvider.System, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks until the answer is yes.</summary>
    /// <inheritdoc cref="ForAsync{T}"/>
    public static Task UntilAsync(string what, TimeSpan limit, Func<Task<bool>> probe, CancellationToken cancellation) =>
        ForAsync(what, limit, async () => await probe().ConfigureAwait(false) ? Yes : null, cancellation);

    private static readonly object Yes = new();
}
