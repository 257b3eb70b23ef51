using System.Globalization;
using Aeamc.P2P.Storage;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>
/// Looks once a second how much room the data folder's disk has left, and reports a full disk while there still is some: a write that fails halfway
/// is survived, but costs a restart of the engine.
/// </summary>
public sealed class DiskWatch : IDisposable
{
    /// <summary>So much more than the reserve must be free before the node goes on, so that it does not stop and start in turn.</summary>
    public const long Margin = 64L << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ITimer _timer;

    /// <param name="folder">Named in the report.</param>
    /// <param name="reserveBytes">Less than this is full.</param>
    /// <param name="free">Bytes free now.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onFault">Takes a <see cref="DiskFullException"/>, each second while the disk is full.</param>
    public DiskWatch(string folder, long reserveBytes, Func<long> free, TimeProvider time, Action<Exception> onFault) =>
        _timer = time.CreateTimer(
            _ =>
            {
                long left = free();
                if (left < reserveBytes)
                {
                    onFault(new DiskFullException(string.Create(
                        CultureInfo.InvariantCulture, $"only {left >> 20} MiB are free for '{folder}', storage.reserve_mb wants {reserveBytes >> 20}")));
                }
            },
            null,
            Interval,
            Interval);

    /// <summary>Completes when there is room again, the reserve and as much on top up to <see cref="Margin"/>, or when <paramref name="stop"/> does.</summary>
    public static async Task WaitForRoomAsync(long reserveBytes, Func<long> free, TimeProvider time, Task stop)
    {
        do
        {
            // At least once: a quota that is used up does not show in what is free.
            await Task.WhenAny(stop, Task.Delay(Interval, time));
        }
        while (!stop.IsCompleted && free() < reserveBytes + Math.Min(reserveBytes, Margin));
    }

    public void Dispose() => _timer.Dispose();
}
