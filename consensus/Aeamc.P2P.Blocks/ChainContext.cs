using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>What never changes while a node runs one epoch of one network.</summary>
public sealed record ChainContext(
    GenesisDocument Genesis,
    Hash256 GenesisHash,
    Epoch Epoch,
    Committee Committee,
    LeaderSchedule Leaders,
    LedgerMachine Ledger,
    EntryDecoder Decoder,
    IBeaconVerifier Beacon)
{
    /// <summary>How far a block's time may be ahead of this node's clock before the node refuses to vote for it.</summary>
    public const ulong MaximumDriftMilliseconds = 2_000;

    /// <summary>The most entries of one block: v1's receipt count is 16 bits, and a block should execute within tens of milliseconds.</summary>
    public const int MaximumEntries = 16_384;

    /// <summary>The most bytes of one block's batches: with them a block must fit into one answer to a node that catches up.</summary>
    public const int MaximumBatchBytes = 3 * 1024 * 1024;
}
