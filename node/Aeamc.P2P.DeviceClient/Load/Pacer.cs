namespace Aeamc.P2P.DeviceClient.Load;

/// <summary>Lets so many posts per second pass, evenly over the whole run: what a slow moment held back is made up for, but not more than a second's worth.</summary>
internal sealed class Pacer(double? perSecond, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private long _last;
    private double _credit;

    /// <summary>Waits for a post's turn.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (!TryPass())
        {
            await Task.Delay(Tick, time, cancellationToken);
        }
    }

    /// <summary>Lets a post pass if it is its turn.</summary>
    public bool TryPass()
    {
        if (perSecond is not { } rate)
        {
            return true;
        }

        lock (_gate)
        {
            long now = time.GetTimestamp();
            if (_last != 0)
            {
                _credit = Math.Min(rate, _credit + (rate * time.GetElapsedTime(_last, now).TotalSeconds));
            }

            _last = now;
            if (_credit < 1)
            {
                return false;
            }

            _credit--;
            return true;
        }
    }
}
