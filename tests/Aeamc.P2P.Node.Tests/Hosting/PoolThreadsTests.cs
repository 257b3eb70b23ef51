using Aeamc.P2P.Node.Hosting;

namespace Aeamc.P2P.Node.Tests.Hosting;

public class PoolThreadsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(5, 2)]
    [InlineData(64, 32)]
    public void Half_of_the_cores_and_at_least_one(int cores, int threads) => Assert.Equal(threads, PoolThreads.For(cores));
}
