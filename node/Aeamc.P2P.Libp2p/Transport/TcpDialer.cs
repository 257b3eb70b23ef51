using System.Net;
using System.Net.Sockets;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Transport;

/// <summary>Opens the TCP connection to a multiaddress, resolving names.</summary>
internal static class TcpDialer
{
    /// <summary>Connects to the first of the name's addresses that answers.</summary>
    /// <param name="address">Where.</param>
    /// <param name="isAllowed">Which IP addresses may be dialled, judged after a name was resolved.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SocketException">The name is unknown, nobody answers, or no address is allowed.</exception>
    public static async Task<Socket> ConnectAsync(Multiaddress address, Func<IPAddress, bool> isAllowed, CancellationToken cancellationToken)
    {
        if (address.ToIpEndPoint() is { } endPoint && isAllowed(endPoint.Address))
        {
            return await ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
        }

        AddressFamily family = address.HostCode switch
        {
            Multicodec.Dns4 => AddressFamily.InterNetwork,
            Multicodec.Dns6 => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        SocketException? last = null;
        IPAddress[] resolved = address.IsIp ? [] : await Dns.GetHostAddressesAsync(address.Host, family, cancellationToken).ConfigureAwait(false);
        foreach (IPAddress ip in resolved.Where(isAllowed))
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(ip, address.Port), cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                last = e;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
