using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Cli;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>Loads the chain as the store has it, or begins at genesis.</summary>
public static class ChainStartup
{
    private const string GenesisKey = "genesis";

    /// <summary>The head block, executed, and the same as a snapshot for readers.</summary>
    /// <exception cref="OperatorException">The store belongs to another network.</exception>
    public static (ChainBlock Block, FinalizedHead Head) Load(NodeStore store, GenesisDocument genesis, Hash256 genesisHash)
    {
        RequireNetwork(store, genesisHash);
        return store.Head is { } stored ? LoadHead(store, stored) : Begin(genesis, genesisHash);
    }

    /// <summary>The genesis block of a store, executed, whatever else the store has.</summary>
    /// <exception cref="OperatorException">The store belongs to another network.</exception>
    public static ChainBlock Genesis(NodeStore store, GenesisDocument genesis, Hash256 genesisHash)
    {
        RequireNetwork(store, genesisHash);
        return Begin(genesis, genesisHash).Block;
    }

    private static void RequireNetwork(NodeStore store, Hash256 genesisHash)
    {
        if (store.GetMeta(GenesisKey) is { } known)
        {
            if (new Hash256(known) != genesisHash)
            {
                throw new OperatorException(
                    $"the store in {store.Path} belongs to another network: its genesis is {new Hash256(known).ToShortString()}..., the genesis file's is {genesisHash.ToShortString()}... Use the right genesis file, or another data folder.");
            }
        }
        else
        {
            store.PutMeta(GenesisKey, genesisHash.ToArray());
        }
    }

    private static (ChainBlock Block, FinalizedHead Head) Begin(GenesisDocument genesis, Hash256 genesisHash)
    {
        LedgerState state = genesis.Genesis();
        var nodes = new List<MountainNode>();
        MerkleMountainRange mountains = MerkleMountainRange.Empty.Append(genesisHash, nodes);
        var block = new ChainBlock(BlockRef.Genesis(genesisHash), null)
        {
            Timestamp = genesis.Start,
            BeaconHash = genesisHash,
            Executed = new ExecutedBlock([], null, state, mountains, nodes),
        };
        return (block, new FinalizedHead(Height.Zero, genesisHash, genesis.Start, null, state, mountains));
    }

    private static (ChainBlock Block, FinalizedHead Head) LoadHead(NodeStore store, StoreHead stored)
    {
        StoredBlock bytes = store.GetBlock(stored.Height) ?? throw Invariant.Fail($"the store has no block {stored.Height}, its own head");
        Invariant.Check(MicroblockHeader.TryDecode(bytes.Header, out MicroblockHeader? header));
        Invariant.Check(BlockPayload.TryDecode(bytes.Payload, out BlockPayload? payload));
        var pairs = new List<(byte[], byte[])>();
        store.VisitState((key, value) => pairs.Add((key.ToArray(), value.ToArray())));
        LedgerState state = LedgerState.Load(pairs);
        Invariant.Check(state.Height == stored.Height);
        Invariant.Check(MerkleMountainRange.TryLoad(store, checked(stored.Height.Value + 1), out MerkleMountainRange mountains));
        View parentView = View.Zero;
        if (stored.Height.Value > 1)
        {
            byte[]? parentBytes = store.GetHeader(new Height(stored.Height.Value - 1));
            Invariant.Check(MicroblockHeader.TryDecode(parentBytes, out MicroblockHeader? parent));
            parentView = parent.View;
        }

        var reference = new BlockRef(stored.Hash, stored.Height, header.View, header.PreviousHash, parentView);
        var block = new ChainBlock(reference, BlockContent.Create(header, payload))
        {
            Timestamp = header.Timestamp,
            BeaconHash = BlockRules.BeaconHashOf(header),
            Executed = new ExecutedBlock([], null, state, mountains, []),
        };
        return (block, new FinalizedHead(stored.Height, stored.Hash, header.Timestamp, header, state, mountains));
    }
}
