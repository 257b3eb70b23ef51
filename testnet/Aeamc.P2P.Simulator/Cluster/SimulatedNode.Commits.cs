using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>Committing what is final.</summary>
public partial class SimulatedNode
{
    /// <summary>Finalizations held while their blocks are missing; older ones are made up for by a range.</summary>
    private const int MaximumFinals = 256;

    private readonly List<(Certificate Finalization, IReadOnlyList<BlockRef> Blocks)> _finals = [];
    private BlockRef? _committing;

    /// <summary>Commits what is final, in order; what is missing is asked for.</summary>
    public void Commit()
    {
        if (_core is null)
        {
            return;
        }

        if (Simulation.Ledger is not null)
        {
            CommitFinals();
        }
        else
        {
            CommitPath();
        }

        Disk.Prune();
    }

    /// <summary>Commits a block that came in a range, if it is the next one.</summary>
    public void CommitSynced(SyncedBlock synced)
    {
        if (_core is null || synced.Content.Header.Height != Disk.Tip.Height.Next)
        {
            // Others may have come meanwhile by the live way.
            return;
        }

        BlockRef block = Disk.Tip.Child(synced.Content.Hash, synced.Content.Header.View);
        Disk.Put(block.Hash, synced.Content.Encoded.ToArray());
        Blocks.Keep(synced.Batches);
        if (synced.Content.Header.PreviousHash != Disk.Tip.Hash || !Blocks.TryCommit(block, synced.Finalization))
        {
            Simulation.Checks.OnHalt(this, $"finalized block {block.Height} of a range does not fit its chain");
            return;
        }

        Committed(block, synced.Finalization);
    }

    /// <summary>As the daemon does it: finalizations in order; where the blocks up to one are not known, a range is asked for.</summary>
    private void CommitFinals()
    {
        while (_finals.Count > 0)
        {
            (Certificate finalization, IReadOnlyList<BlockRef> blocks) = _finals[0];
            foreach (BlockRef block in blocks)
            {
                if (block.Height <= Disk.Tip.Height)
                {
                    if (Disk.At(block.Height) is { } known && known.Hash != block.Hash)
                    {
                        Simulation.Checks.OnHalt(this, $"finalized {block} is not on {Disk.Tip}");
                        return;
                    }

                    continue;
                }

                if (block.ParentHash != Disk.Tip.Hash)
                {
                    Height newest = _finals.Max(final => final.Finalization.Block.Height);
                    Blocks.FetchRange(Disk.Tip.Height.Next, newest, SignersOf(finalization));
                    return;
                }

                if (!Disk.Contents.ContainsKey(block.Hash))
                {
                    Want(block.Hash);
                    return;
                }

                Certificate? own = block.Hash == finalization.Block.Hash ? finalization : null;
                if (!Blocks.TryCommit(block, own))
                {
                    return;
                }

                Committed(block, own);
                if (_core is null)
                {
                    return;
                }
            }

            _finals.RemoveAt(0);
        }
    }

    private void Committed(BlockRef block, Certificate? finalization)
    {
        Disk.Add(block, finalization);
        Simulation.OnCommit(this, block);
    }

    /// <summary>Consensus alone: from the tip to the finalized block, each found by its hash, newest first.</summary>
    private void CommitPath()
    {
        if (_committing is not { } target)
        {
            return;
        }

        var path = new List<BlockLink>();
        Hash256 next = target.Hash;
        while (next != Disk.Tip.Hash)
        {
            if (!Disk.Contents.TryGetValue(next, out byte[]? content))
            {
                Want(next);
                return;
            }

            Invariant.Check(Blocks.TryRead(content, out BlockLink block));
            if (block.Height <= Disk.Tip.Height)
            {
                if (!Disk.Ledger.Contains(target))
                {
                    Simulation.Checks.OnHalt(this, $"finalized {target} is not on {Disk.Tip}");
                }

                return;
            }

            path.Add(block);
            next = block.ParentHash;
        }

        path.Reverse();
        foreach (BlockLink link in path)
        {
            BlockRef block = Disk.Tip.Child(link.Hash, link.View);
            Invariant.Check(Blocks.TryCommit(block, null));
            Committed(block, null);
        }
    }

    private List<NodeIndex> SignersOf(Certificate certificate)
    {
        var signers = new List<NodeIndex>();
        for (ushort i = 0; i < Simulation.Committee.Count; i++)
        {
            if (certificate.Signers.Contains(new NodeIndex(i)))
            {
                signers.Add(new NodeIndex(i));
            }
        }

        return signers;
    }
}
