using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Noise;

/// <summary>What a handshake gives.</summary>
/// <param name="Channel">The encrypted stream.</param>
/// <param name="RemotePeer">Who is at its end, proven.</param>
/// <param name="Muxer">The muxer agreed inside the handshake; null when it must be agreed by multistream-select.</param>
internal readonly record struct NoiseSession(NoiseChannel Channel, PeerId RemotePeer, string? Muxer);
