using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.Gateway;

/// <summary>A finalized block.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Hash">SHA-256 of the header.</param>
/// <param name="Batches">The hashes of its batches.</param>
/// <param name="Finalization">The encoded finalization certificate of this block or of the descendant that committed it.</param>
public sealed record BlockView(MicroblockHeader Header, Hash256 Hash, IReadOnlyList<Hash256> Batches, ReadOnlyMemory<byte> Finalization);
