using Aeamc.P2P.DeviceApi.Limits;
using Aeamc.P2P.DeviceApi.Tests.Support;

namespace Aeamc.P2P.DeviceApi.Tests.Limits;

public class RateLimiterTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_window_s_worth_passes_at_once_and_then_one_per_interval()
    {
        var limiter = new RateLimiter(3, TimeSpan.FromHours(1), 100, _time);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(limiter.TryTake(1, out _));
        }

        Assert.False(limiter.TryTake(1, out TimeSpan retryAfter));
        Assert.Equal(TimeSpan.FromMinutes(20), retryAfter);
        Assert.True(limiter.TryTake(2, out _));

        _time.Advance(TimeSpan.FromMinutes(19));
        Assert.False(limiter.HasRoom(1, out retryAfter));
        Assert.Equal(TimeSpan.FromMinutes(1), retryAfter);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(limiter.HasRoom(1, out _));
        Assert.True(limiter.TryTake(1, out _));
        Assert.False(limiter.TryTake(1, out _));
    }

    [Fact]
    public void A_quiet_window_gives_everything_back()
    {
        var limiter = new RateLimiter(10, TimeSpan.FromMinutes(1), 100, _time);
        for (int round = 0; round < 5; round++)
        {
            int passed = 0;
            while (limiter.TryTake(7, out _))
            {
                passed++;
            }

            Assert.Equal(10, passed);
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public void A_rotation_forgets_nobody_who_still_owes()
    {
        var limiter = new RateLimiter(2, TimeSpan.FromMinutes(1), 100, _time);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(limiter.TryTake(1, out _));
        Assert.True(limiter.TryTake(1, out _));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(limiter.TryTake(1, out _));
    }

    [Fact]
    public void Strangers_cannot_make_the_table_grow()
    {
        var limiter = new RateLimiter(2, TimeSpan.FromMinutes(1), 1000, _time);
        for (int i = 0; i < 100_000; i++)
        {
            Assert.True(limiter.TryTake((UInt128)i, out _));
            Assert.True(limiter.Count <= 1001);
        }
    }
}
