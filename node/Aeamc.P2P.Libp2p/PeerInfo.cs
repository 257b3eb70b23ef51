using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p;

/// <summary>A connected peer as of one moment.</summary>
/// <param name="Id">Proven by the handshake.</param>
/// <param name="Direction">Who dialled the connection that is preferred for new streams.</param>
/// <param name="RemoteAddress">The far end of that connection, without /p2p.</param>
/// <param name="Connections">How many connections stand; two when both sides dialled at once.</param>
/// <param name="Identity">What the peer said by Identify; null until it did.</param>
public sealed record PeerInfo(PeerId Id, ConnectionDirection Direction, Multiaddress RemoteAddress, int Connections, PeerIdentity? Identity)
{
    /// <summary>Whether Identify listed the protocol.</summary>
    public bool Supports(string protocol) => Identity?.Protocols.Contains(protocol) ?? false;
}
