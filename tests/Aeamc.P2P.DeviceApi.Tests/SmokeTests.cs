namespace Aeamc.P2P.DeviceApi.Tests;

public class SmokeTests
{
    [Fact]
    public void Placeholder() => Assert.True(true);
}
