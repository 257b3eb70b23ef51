using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks.Tests;

/// <summary>A header whose fields all differ. Linked into the node's tests.</summary>
internal static class SampleHeader
{
    public static MicroblockHeader Of(BlockPayload payload) => new()
    {
        ClusterId = 7,
        Timestamp = new Timestamp(1_700_000_000_000),
        PayloadHash = payload.Hash,
        PreviousHash = Hash256.Of("previous"u8),
        ReceiptCount = 3,
        Height = new Height(5),
        View = new View(6),
        Epoch = Epoch.Zero,
        Proposer = new NodeIndex(1),
        EntriesRoot = Hash256.Of("entries"u8),
        StateRoot = Hash256.Of("state"u8),
        ChainRoot = Hash256.Of("chain"u8),
        Beacon = BeaconProof.None,
        ParametersHash = Hash256.Of("parameters"u8),
    };
}
