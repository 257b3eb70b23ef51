using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Testnet.Tests.Network;

public sealed class NodeMonitorTests
{
    [Fact]
    public async Task A_node_that_is_not_there_has_no_status()
    {
        using var monitor = new NodeMonitor(new Uri($"http://127.0.0.1:{LocalPorts.FindFree(1)}/"));
        Assert.Null(await monitor.StatusAsync(TestContext.Current.CancellationToken));
        Assert.Null(await monitor.BlockAsync(1, TestContext.Current.CancellationToken));
        Assert.Null(await monitor.CheckpointAsync(1, TestContext.Current.CancellationToken));
    }
}
