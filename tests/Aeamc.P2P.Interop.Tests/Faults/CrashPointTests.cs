using Aeamc.P2P.Storage;
using Aeamc.P2P.Testnet.Crash;
using Aeamc.P2P.Testnet.Network;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>Real nodes that die at every named place, and a short kill sweep; the long one is <c>testnet/crash-sweep</c>.</summary>
[Collection(ProcessCollection.Name)]
public sealed class CrashPointTests
{
    private const int Victim = 3;
    private const int KilledBySignal = 128 + 9;

    // Twenty deaths of whole nodes take more than five minutes on two cores: run it by itself, with --explicit only.
    [Fact(Explicit = true)]
    public async Task A_node_that_dies_at_each_place_comes_back_and_never_contradicts_itself()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using TestNetwork network = await TestNetwork.StartAsync(cancellation);
        LocalTestnet testnet = network.Testnet;
        await using PromisedProofs proofs = await PromisedProofs.StartAsync(testnet, devices: 8, seed: 5, cancellation);
        await testnet.KillAsync(Victim);

        // Old segments are deleted only after hundreds of views: that place is for the store's own tests and the long sweep.
        foreach (string point in CrashPoint.All.Where(point => point != CrashPoint.LogPrune))
        {
            ChildProcess armed = testnet.Start(Victim, new Dictionary<string, string> { [CrashPoint.Variable] = point + ":2" });
            int code;
            try
            {
                code = await armed.Exited.WaitAsync(TestNetwork.Patience, cancellation);
            }
            catch (TimeoutException)
            {
                Assert.Fail($"{point} was not reached.\n{await testnet.DescribeAsync()}");
                throw;
            }

            Assert.True(code == KilledBySignal, $"{point}: exit code {code}\n{armed.Tail(8)}");
        }

        testnet.Start(Victim);
        await network.WaitForBlocksAsync([Victim], than: 0, more: 2, cancellation);
        await proofs.StopAsync();
        Assert.Empty(await proofs.FindLostAsync(TestNetwork.Patience, cancellation));
        await network.AssertSameChainAsync(cancellation);
        await testnet.StopAsync(Victim);
        (int verified, string said) = await testnet.RunAsync(Victim, ["db", "verify"], cancellation);
        Assert.True(verified == 0, said);
        network.AssertNobodyEquivocated();
    }

    [Fact]
    public async Task A_place_that_does_not_exist_is_refused_at_the_start()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using TestNetwork network = await TestNetwork.CreateAsync(cancellation);
        ChildProcess node = network.Testnet.Start(0, new Dictionary<string, string> { [CrashPoint.Variable] = "nowhere" });
        Assert.Equal(2, await node.Exited.WaitAsync(TestNetwork.Patience, cancellation));
        Assert.Contains("'nowhere' is no place to crash at", node.Tail(3), StringComparison.Ordinal);
    }
}
