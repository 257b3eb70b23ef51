using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>The chain as of the last committed block; immutable, for readers on any thread.</summary>
/// <param name="Height">Its height; 0 is genesis.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Timestamp">Its chain time.</param>
/// <param name="Header">Its header; null for genesis.</param>
/// <param name="State">The ledger after it.</param>
/// <param name="Mountains">The mountain range up to and including it.</param>
public sealed record FinalizedHead(
    Height Height,
    Hash256 Hash,
    Timestamp Timestamp,
    MicroblockHeader? Header,
    LedgerState State,
    MerkleMountainRange Mountains);
