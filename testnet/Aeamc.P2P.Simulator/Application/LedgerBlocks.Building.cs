using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>Building, good blocks and bad ones.</summary>
public sealed partial class LedgerBlocks
{
    /// <summary>Small, so that blocks of one run differ.</summary>
    private const int MostBatches = 64;

    public override void WhenBuildable(BlockRef parent, Action then) => Await(() =>
    {
        if (Node.Core!.LastFinalized.Height > parent.Height)
        {
            return true;
        }

        if (!Node.IsLax && (Known(parent.Hash) is not { } block || TryExecute(block, trusted: false) != true))
        {
            return false;
        }

        then();
        return true;
    });

    public override byte[] Make(in BlockRef parent, View view, BlockFlaw flaw, ulong salt)
    {
        ChainBlock? executed = _known.GetValueOrDefault(parent.Hash);
        bool stranger = executed?.Executed is null;
        ChainBlock below = stranger ? _head : executed!;
        var hashes = new List<Hash256>();
        var entries = new List<BlockEntry>();
        HashSet<Hash256> held = BatchesUpTo(below);
        foreach (ReadBatch batch in _shelf.Waiting.Where(batch => batch.IsValid && _shelf.IsChecked(batch) && !held.Contains(batch.Batch.Hash)).Take(MostBatches))
        {
            hashes.Add(batch.Batch.Hash);
            entries.AddRange(batch.Entries);
        }

        if (flaw == BlockFlaw.Uncertifiable)
        {
            ReadBatch poisoned = Desk.Poisoned(salt);
            hashes.Add(poisoned.Batch.Hash);
            entries.AddRange(poisoned.Entries);
        }

        byte[] alpha = BeaconAlpha.Of(below.BeaconHash, Context.Epoch, view);
        BlockContent content = BlockAssembly.Assemble(
            Context, below, view, Node.Index, Node.ChainTime.Plus(salt % 2), hashes, entries, ToyBeacon.Prove(Context.Committee[Node.Index], flaw == BlockFlaw.FalseBeacon ? [] : alpha));
        if (stranger || flaw == BlockFlaw.Invalid)
        {
            MicroblockHeader bad = content.Header with { PreviousHash = parent.Hash, Height = parent.Height.Next, StateRoot = Hash256.Of(BitConverter.GetBytes(salt)) };
            content = BlockContent.Create(bad, content.Payload);
        }

        return content.Encoded.ToArray();
    }

    /// <summary>Tells the core whether entries wait that no block above the head holds.</summary>
    public void UpdateWork()
    {
        if (_simulation.Options.Load == Simulator.Load.Busy)
        {
            return;
        }

        var held = new HashSet<Hash256>();
        foreach (ChainBlock block in _known.Values.Where(block => block != _head))
        {
            held.UnionWith(block.Content!.Payload.BatchHashes);
        }

        Node.SetWork(_shelf.Waiting.Any(batch => batch.IsValid && _shelf.IsChecked(batch) && !held.Contains(batch.Batch.Hash)));
    }
}
