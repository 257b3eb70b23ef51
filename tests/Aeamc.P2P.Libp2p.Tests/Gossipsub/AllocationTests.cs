using Aeamc.P2P.Gossipsub.Simulation.Measurements;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>What a delivery costs the router. Bytes, not time: the same on every machine.</summary>
public class AllocationTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void A_delivery_of_4_KiB_allocates_at_most_1_KiB(int meshPeers) =>
        Assert.InRange(AllocationMeasurement.BytesPerDelivery(meshPeers, idlePeers: 0, messageBytes: 4096), 0, 1024);

    [Fact]
    public void A_delivery_costs_the_same_however_many_idle_peers_there_are()
    {
        long few = AllocationMeasurement.BytesPerDelivery(6, idlePeers: 0, messageBytes: 4096);
        long many = AllocationMeasurement.BytesPerDelivery(6, idlePeers: 1000, messageBytes: 4096);
        Assert.InRange(many, 0, few + 16);
    }
}
