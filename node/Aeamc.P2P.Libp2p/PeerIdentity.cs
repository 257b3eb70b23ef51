using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p;

/// <summary>What a peer says of itself by Identify (libp2p specs, identify/README.md). Claims, except the signed record.</summary>
/// <param name="AgentVersion">Free text, cut to 256 characters.</param>
/// <param name="ProtocolVersion">Free text, cut to 256 characters.</param>
/// <param name="Protocols">The protocol ids it serves, sorted.</param>
/// <param name="ListenAddresses">The TCP addresses it claims to listen on.</param>
/// <param name="ObservedAddress">Our own address as the peer sees it.</param>
/// <param name="SignedPeerRecord">A verified signed envelope with the peer's record, or null.</param>
public sealed record PeerIdentity(
    string AgentVersion,
    string ProtocolVersion,
    IReadOnlyList<string> Protocols,
    IReadOnlyList<Multiaddress> ListenAddresses,
    Multiaddress? ObservedAddress,
    ReadOnlyMemory<byte>? SignedPeerRecord);
