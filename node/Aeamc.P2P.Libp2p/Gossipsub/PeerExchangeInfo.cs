using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>A peer named in a PRUNE (gossipsub v1.1, PRUNE Backoff and Peer Exchange).</summary>
/// <param name="Peer">Whom one may connect to.</param>
/// <param name="SignedPeerRecord">Its signed envelope with addresses; empty when the sender had none. Not yet verified.</param>
public readonly record struct PeerExchangeInfo(PeerId Peer, ReadOnlyMemory<byte> SignedPeerRecord);
