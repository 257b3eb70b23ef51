using System.Net;
using System.Net.Sockets;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Discovery;

/// <summary>
/// Which addresses learned from strangers may be dialled. A stranger must not be able to make this node knock at machines of its own network,
/// so only addresses that the whole internet can reach count (IANA special-purpose address registries), unless the operator says otherwise.
/// </summary>
public static class AddressPolicy
{
    private static readonly IPNetwork[] Special =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ]).Select(IPNetwork.Parse),
    ];

    // What is assigned for the internet at large, less what inside it is not.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] SpecialIPv6 = [.. ((string[])["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]).Select(IPNetwork.Parse)];

    /// <summary>Whether the whole internet can reach an address.</summary>
    public static bool IsPublic(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? !Special.Any(network => network.Contains(plain))
            : GlobalUnicast.Contains(plain) && !SpecialIPv6.Any(network => network.Contains(plain));
    }

    /// <summary>
    /// Whether an address that a stranger told may be dialled. A name may: what it resolves to is judged by <see cref="IsPublic"/> when it is dialled.
    /// </summary>
    public static bool MayDial(Multiaddress address, bool allowPrivate) =>
        address.Port != 0 && (allowPrivate || address.ToIpEndPoint() is not { } endPoint || IsPublic(endPoint.Address));
}
