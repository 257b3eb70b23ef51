using System.Net;

namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>
/// Bounds the inbound connections that have not finished their handshake, altogether and per IP address, and how many an address may begin:
/// a handshake costs us five scalar multiplications, and who begins it next to nothing. An address whose handshakes fail, or whose peers are banned, may begin
/// fewer: a new identity is free, so a ban alone does not keep anybody out.
/// </summary>
internal sealed class InboundGate(Libp2pLimits limits, TimeProvider time)
{
    private const int RememberedAddresses = 16_384;

    private readonly KeyedRate<IPAddress> _rate = new(limits.HandshakesPerSecondPerIp, limits.HandshakeBurstPerIp, RememberedAddresses, time);
    private readonly object _gate = new();
    private readonly Dictionary<IPAddress, int> _byIp = [];
    private int _pending;

    /// <summary>Lets one in; gives the name of the limit that forbids it, or null.</summary>
    public string? TryEnter(IPAddress address)
    {
        IPAddress ip = AddressGroup.Holder(address);
        lock (_gate)
        {
            int fromIp = _byIp.GetValueOrDefault(ip);
            if (_pending >= limits.MaxPendingInbound)
            {
                return "pending-handshakes";
            }

            if (fromIp >= limits.MaxPendingInboundPerIp)
            {
                return "pending-handshakes-per-ip";
            }

            if (!limits.IsExempt(address) && !_rate.TryTake(ip))
            {
                return "handshakes-per-ip";
            }

            _pending++;
            _byIp[ip] = fromIp + 1;
            return null;
        }
    }

    /// <summary>A peer from this address broke the protocol.</summary>
    public void Offended(IPAddress address) => Charge(address, limits.HandshakesPerOffence);

    /// <summary>A connection from this address ended by forged bytes.</summary>
    public void Failed(IPAddress address) => Charge(address, limits.HandshakesPerFailure);

    /// <summary>One that was let in has finished.</summary>
    /// <param name="address">Where from.</param>
    /// <param name="failed">Whether it ended without a connection, by the stranger's doing.</param>
    public void Leave(IPAddress address, bool failed)
    {
        if (failed)
        {
            Failed(address);
        }

        IPAddress ip = AddressGroup.Holder(address);
        lock (_gate)
        {
            _pending--;
            int left = _byIp[ip] - 1;
            if (left == 0)
            {
                _byIp.Remove(ip);
            }
            else
            {
                _byIp[ip] = left;
            }
        }
    }

    private void Charge(IPAddress address, int count)
    {
        if (!limits.IsExempt(address))
        {
            _rate.Charge(AddressGroup.Holder(address), count);
        }
    }
}
