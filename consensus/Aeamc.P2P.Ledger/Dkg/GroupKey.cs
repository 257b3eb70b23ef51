using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>The network's threshold key, in force from the block that recorded the last confirmation it needed.</summary>
/// <param name="PublicKey">The compressed secp256k1 point, 33 bytes.</param>
/// <param name="Transcript">The digest of the messages that it was derived from, as the members confirmed it.</param>
/// <param name="Session">The key generation that made it.</param>
/// <param name="Since">The block that put it in force.</param>
public sealed record GroupKey(byte[] PublicKey, Hash256 Transcript, uint Session, Height Since);
