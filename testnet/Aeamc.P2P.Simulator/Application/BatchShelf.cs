using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>A node's batches: on the disk all that came, in memory those that wait for a block and those whose signatures were checked in this life.</summary>
public sealed class BatchShelf(Simulation simulation, LedgerNetwork network, SimulatedNode node, Action changed)
{
    private readonly SortedDictionary<Hash256, bool> _checked = [];
    private readonly List<ReadBatch> _waiting = [];

    /// <summary>In order of arrival.</summary>
    public IReadOnlyList<ReadBatch> Waiting => _waiting;

    public void Clear()
    {
        _checked.Clear();
        _waiting.Clear();
    }

    /// <summary>A batch has come, for the first time or again.</summary>
    public void Take(ReadBatch batch)
    {
        if (node.Disk.Batches.TryAdd(batch.Batch.Hash, batch))
        {
            _waiting.Add(batch);
        }

        Check(batch);
        if (node.Found(batch.Batch.Hash))
        {
            changed();
        }
    }

    /// <summary>Whether its signatures have been checked; begins to check them otherwise.</summary>
    public bool IsChecked(ReadBatch batch)
    {
        Check(batch);
        return _checked[batch.Batch.Hash];
    }

    /// <summary>The batches of a payload; asks for those that are not here.</summary>
    public bool TryResolve(BlockPayload payload, out List<ReadBatch> batches)
    {
        batches = [];
        foreach (Hash256 hash in payload.BatchHashes)
        {
            if (node.Disk.Batches.TryGetValue(hash, out ReadBatch? batch))
            {
                batches.Add(batch);
            }
            else
            {
                node.Want(hash);
            }
        }

        return batches.Count == payload.BatchHashes.Count;
    }

    /// <summary>The block is final: its batches wait no longer.</summary>
    public void Drop(BlockPayload payload)
    {
        foreach (Hash256 hash in payload.BatchHashes)
        {
            _waiting.RemoveAll(batch => batch.Batch.Hash == hash);
            _checked.Remove(hash);
        }
    }

    /// <summary>The verdict is known for all nodes alike; the time that it takes is this node's.</summary>
    private void Check(ReadBatch batch)
    {
        Hash256 hash = batch.Batch.Hash;
        if (_checked.TryAdd(hash, simulation.Options.Processing.Verify == 0) && !_checked[hash])
        {
            node.Later(batch.Entries.Count * simulation.Options.Processing.Verify, () =>
            {
                _checked[hash] = true;
                changed();
            });
        }
    }

    /// <summary>A batch of this node's own, sent to the others.</summary>
    public ReadBatch Publish(Batch batch)
    {
        Envelope envelope = simulation.Network.Envelope([SimulatedNode.BatchCode, .. batch.Encoded.Span]);
        envelope.Other ??= network.Read(batch.Encoded);
        var own = (ReadBatch)envelope.Other!;
        Take(own);
        node.Gossip(envelope);
        return own;
    }
}
