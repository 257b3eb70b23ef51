namespace Aeamc.P2P.Cryptography.Tests;

public class BoundedCacheTests
{
    [Fact]
    public void Never_holds_more_than_its_capacity()
    {
        var cache = new BoundedCache<int, int>(10);
        for (int i = 0; i < 1000; i++)
        {
            cache.Add(i, -i);
            Assert.InRange(cache.Count, 1, 10);
            Assert.True(cache.TryGet(i, out int value));
            Assert.Equal(-i, value);
        }

        Assert.False(cache.TryGet(0, out _));
    }

    [Fact]
    public void An_entry_in_use_stays()
    {
        var cache = new BoundedCache<int, string>(8);
        cache.Add(-1, "kept");
        for (int i = 0; i < 100; i++)
        {
            cache.Add(i, "passing");
            Assert.True(cache.TryGet(-1, out _));
        }
    }

    [Fact]
    public void A_capacity_without_room_for_two_generations_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundedCache<int, int>(1));
}
