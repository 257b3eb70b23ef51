using System.Net;
using System.Net.Sockets;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Testnet.Tests.Network;

public sealed class LocalPortsTests
{
    [Fact]
    public void Each_call_gives_other_free_ports()
    {
        int first = LocalPorts.FindFree(4);
        int second = LocalPorts.FindFree(4);
        Assert.True(Math.Abs(first - second) >= 4);
        Assert.Null(LocalPorts.FirstTaken(first, 4));
    }

    [Fact]
    public void A_taken_port_is_named()
    {
        int first = LocalPorts.FindFree(3);
        using var listener = new TcpListener(IPAddress.Loopback, first + 1);
        listener.Start();
        Assert.Equal(first + 1, LocalPorts.FirstTaken(first, 3));
    }
}
