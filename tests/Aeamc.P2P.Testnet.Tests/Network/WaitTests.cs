using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Testnet.Tests.Network;

public sealed class WaitTests
{
    [Fact]
    public async Task The_first_answer_is_given()
    {
        int asked = 0;
        string answer = await Wait.ForAsync("it", TimeSpan.FromMinutes(1), () => Task.FromResult(++asked == 2 ? "yes" : null), TestContext.Current.CancellationToken);
        Assert.Equal("yes", answer);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task What_does_not_happen_is_named()
    {
        TestnetException fault = await Assert.ThrowsAsync<TestnetException>(
            () => Wait.UntilAsync("node-1: being ready", TimeSpan.Zero, () => Task.FromResult(false), TestContext.Current.CancellationToken));
        Assert.Equal("node-1: being ready did not happen within 0 s.", fault.Message);
    }
}
