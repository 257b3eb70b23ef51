using System.Net;
using System.Net.Sockets;

namespace Aeamc.P2P.Testnet.Network;

/// <summary>TCP ports of the loopback interface.</summary>
public static class LocalPorts
{
    // Below the ranges that Linux and macOS hand out to outgoing connections, so that a port found free stays free.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;

    private static int _next = Lowest + (Environment.ProcessId % 97 * 120);

    /// <summary>The first of <paramref name="count"/> ports in a row that nobody listens on. Each call gives other ports.</summary>
    /// <exception cref="TestnetException">None are free.</exception>
    public static int FindFree(int count)
    {
        for (int tried = Lowest; tried < Highest; tried += count)
        {
            int first = Interlocked.Add(ref _next, count) - count;
            first = Lowest + ((first - Lowest) % (Highest - Lowest - count));
            if (FirstTaken(first, count) is null)
            {
                return first;
            }
        }

        throw new TestnetException($"No {count} free ports in a row between {Lowest} and {Highest}.");
    }

    /// <summary>The first of these ports that is taken; null when all are free.</summary>
    public static int? FirstTaken(int first, int count)
    {
        for (int port = first; port < first + count; port++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                socket.Listen();
            }
            catch (SocketException)
            {
                return port;
            }
        }

        return null;
    }
}
