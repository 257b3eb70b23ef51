using System.Net;
using System.Net.NetworkInformation;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Transport;

/// <summary>What an address to listen on means to others.</summary>
internal static class LocalAddresses
{
    /// <summary>The address itself; for "any address" (0.0.0.0, ::) one for each of this machine's.</summary>
    public static IEnumerable<Multiaddress> Expand(Multiaddress address)
    {
        if (address.ToIpEndPoint() is not { } endPoint || (!endPoint.Address.Equals(IPAddress.Any) && !endPoint.Address.Equals(IPAddress.IPv6Any)))
        {
            return [address];
        }

        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus == OperationalStatus.Up)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(ip => ip.AddressFamily == endPoint.AddressFamily && !ip.IsIPv6LinkLocal)
            .Select(ip => Multiaddress.FromEndPoint(new IPEndPoint(ip, endPoint.Port)));
    }
}
