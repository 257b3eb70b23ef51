using System.Net;
using System.Net.Sockets;

namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>Which addresses count as one holder's: whoever has one IPv6 address has all of its /64.</summary>
internal static class AddressGroup
{
    /// <summary>The holder: the IPv4 address, or the IPv6 /64 prefix.</summary>
    public static IPAddress Holder(IPAddress address) => Prefix(address, bitsOfIPv4: 32, bitsOfIPv6: 64);

    /// <summary>The network that one customer of a provider typically has: IPv4 /24, IPv6 /48.</summary>
    public static IPAddress Subnet(IPAddress address) => Prefix(address, bitsOfIPv4: 24, bitsOfIPv6: 48);

    /// <summary>The network of one provider, roughly: IPv4 /16, IPv6 /32. Many addresses in one are cheap, one in each of many is not.</summary>
    public static IPAddress Region(IPAddress address) => Prefix(address, bitsOfIPv4: 16, bitsOfIPv6: 32);

    private static IPAddress Prefix(IPAddress address, int bitsOfIPv4, int bitsOfIPv6)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        plain.TryWriteBytes(bytes, out int length);
        bytes = bytes[..length];
        bytes[((plain.AddressFamily == AddressFamily.InterNetwork ? bitsOfIPv4 : bitsOfIPv6) / 8)..].Clear();
        return new IPAddress(bytes);
    }
}
