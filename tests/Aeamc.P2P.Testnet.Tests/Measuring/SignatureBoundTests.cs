using Aeamc.P2P.Testnet.Measuring;

namespace Aeamc.P2P.Testnet.Tests.Measuring;

public sealed class SignatureBoundTests
{
    [Fact]
    public async Task It_is_measured_on_this_machine() => Assert.True(await SignatureBound.MeasureAsync(nodes: 4, TimeSpan.FromMilliseconds(20)) > 0);
}
