using Aeamc.P2P.DeviceApi.Tests.Support;
using Aeamc.P2P.DeviceClient.Fleet;

namespace Aeamc.P2P.DeviceClient.Tests.Fleet;

public sealed class PhoneFleetTests
{
    [Fact]
    public async Task Phones_work_move_and_go_on_when_a_node_is_away()
    {
        var network = new TestNetwork();
        var node = new InMemoryNode(network);
        await using ApiServer first = await ApiServer.StartAsync(node);
        await using ApiServer second = await ApiServer.StartAsync(node);
        using DeviceKey account = DeviceKey.Ed25519(network.Requester.Seed);
        var options = new FleetOptions
        {
            Nodes = [first.Address, second.Address, new Uri("http://127.0.0.1:1")],
            Network = TestNetwork.Name,
            Requester = account,
            Phones = 10,
            V1Every = 5,
            Rest = TimeSpan.FromMilliseconds(2),
            LeasesPerNode = 1,
            Work = new WorkShape { Units = 200, Steps = 64, Segment = 16 },
        };
        using var fleet = new PhoneFleet(options, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        Task run = fleet.RunAsync(stop.Token);
        while (node.State.Counters.ProofsCounted < 400 || fleet.Counters.Registered < 10)
        {
            await node.WaitForBlockAboveAsync(node.Head, stop.Token);
        }

        await stop.CancelAsync();
        await run;
        Assert.Equal(10, fleet.Count);
        Assert.True(fleet.TasksPosted >= 2);
        Assert.True(fleet.Counters.Moves > 0);
        Assert.True(fleet.Counters.ProofsAccepted >= 300);
        Assert.True(fleet.Counters.Refused.ContainsKey(PostResult.Unreachable));
        Assert.Equal(0UL, node.State.Counters.OutputsWrong);
        Assert.Equal(10UL, node.State.Counters.Devices);
        Assert.Empty(first.Failures.Lines);
        Assert.Empty(second.Failures.Lines);
    }
}
