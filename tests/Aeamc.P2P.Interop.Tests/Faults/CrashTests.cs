using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Testnet;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>What must hold when node processes are killed.</summary>
[Collection(ProcessCollection.Name)]
public sealed class CrashTests
{
    private const int Phones = 4;
    private static readonly LoadTarget Load = new(100);

    [Fact]
    public async Task Any_one_node_killed_under_load_comes_back_to_the_same_chain()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using TestNetwork network = await TestNetwork.StartAsync(cancellation);
        LocalTestnet testnet = network.Testnet;
        await using (Workload workload = await Workload.StartAsync(testnet, Phones, Load, seed: 1, cancellation))
        {
            for (int victim = 0; victim < testnet.Count; victim++)
            {
                int other = (victim + 1) % testnet.Count;
                await testnet.WaitForAsync(victim, "a proof of its own", TestNetwork.Patience, status => status.ProofsAccepted > 0, cancellation);
                await testnet.KillAsync(victim);
                await network.WaitForBlocksAsync(Enumerable.Range(0, testnet.Count).Where(node => node != victim), other, more: 10, cancellation);
                testnet.Start(victim);
                await network.WaitForBlocksAsync([victim], other, more: 1, cancellation);
            }

            Assert.True(workload.ProofsAccepted > 0);
            await workload.StopAsync();
        }

        // What a killed node had acknowledged is durable there and comes into the chain when it is back.
        NodeStatus[] drained = await testnet.WaitForAllAsync(
            Enumerable.Range(0, testnet.Count), "nothing pending", TestNetwork.Patience, status => status.Pending == 0, cancellation);
        Assert.All(drained, status => Assert.True(status.ProofsFinalized > 0));
        await network.AssertSameChainAsync(cancellation);
        Assert.All(await testnet.StopAllAsync(), stop => Assert.True(stop.Clean, stop.ToString()));
    }

    [Fact]
    public async Task With_two_of_four_down_the_chain_halts_without_a_fork_and_goes_on_when_one_returns()
    {
        // Idle blocks come every second: a head this old means that no block comes any more.
        const ulong stillMilliseconds = 5_000;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using TestNetwork network = await TestNetwork.StartAsync(cancellation);
        LocalTestnet testnet = network.Testnet;
        await network.WaitForBlocksAsync([0, 1, 2, 3], than: 0, more: 2, cancellation);

        await testnet.KillAsync(2);
        await testnet.KillAsync(3);
        NodeStatus[] halted = await testnet.WaitForAllAsync([0, 1], "standing still", TestNetwork.Patience, IsStill, cancellation);
        Assert.All(halted, status => Assert.True(halted[0].Height.CompareTo(status.Height) is >= -1 and <= 1));
        Assert.All(halted, status => Assert.False(status.Ready));
        Assert.All(halted, status => Assert.NotEmpty(status.NotReadyReason));

        testnet.Start(2);
        await network.WaitForBlocksAsync([0, 1, 2], than: 0, more: 3, cancellation);
        testnet.Start(3);
        await network.WaitForBlocksAsync([3], than: 0, more: 1, cancellation);
        await network.AssertSameChainAsync(cancellation);

        // The blocks that were final before the halt are still there, unchanged.
        foreach (NodeStatus before in halted)
        {
            Assert.Equal(before.BlockHash, (await testnet.Monitors[3].BlockAsync(before.Height, cancellation))?.Hash);
        }

        static bool IsStill(NodeStatus status) =>
            (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() > status.BlockTimestamp + stillMilliseconds;
    }
}
