using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Proofs;

/// <summary>All that a light client must know beforehand; nothing of it is taken from a proof.</summary>
/// <param name="NetworkId">SHA-256 of the network's name.</param>
/// <param name="ClusterId">The cluster.</param>
/// <param name="GroupKey">The committee's group key, compressed, 33 bytes; it stays the same through resharing.</param>
public sealed record TrustAnchor(Hash256 NetworkId, uint ClusterId, ReadOnlyMemory<byte> GroupKey);
