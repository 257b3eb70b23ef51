using System.Net;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Fuzz.Siege;

/// <summary>Whom an attack is aimed at, and what came of it.</summary>
/// <param name="target">The node's address with its peer id; an IPv4 loopback address.</param>
/// <param name="topics">Topics that the node follows; the first takes messages that it judges.</param>
/// <param name="addresses">How many loopback addresses the attacker has, from 127.0.1.1 on.</param>
internal sealed class AttackContext(Multiaddress target, IReadOnlyList<string> topics, int addresses)
{
    private long _sent;
    private long _disconnects;
    private int _address;

    public Multiaddress Target { get; } = target;

    public IReadOnlyList<string> Topics { get; } = topics;

    /// <summary>Units of the attack that were sent.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Connections that ended, by the node's doing.</summary>
    public long Disconnects => Interlocked.Read(ref _disconnects);

    public IPAddress NextAddress()
    {
        int number = (int)((uint)Interlocked.Increment(ref _address) % (uint)addresses);
        return new IPAddress([127, 0, (byte)(1 + (number / 250)), (byte)(1 + (number % 250))]);
    }

    public void CountSent(int units = 1) => Interlocked.Add(ref _sent, units);

    public void CountDisconnect() => Interlocked.Increment(ref _disconnects);
}
