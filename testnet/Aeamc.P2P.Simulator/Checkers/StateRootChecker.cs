using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Checkers;

/// <summary>
/// Executes the chain once more, from genesis and from the bytes on the disk of whoever commits a height first, with a ledger of its own; compares every honest member's state root
/// with what comes out, and the next header's with it. The beacon of each block is computed once more as well.
/// </summary>
public sealed class StateRootChecker(Simulation simulation, LedgerNetwork network)
{
    private readonly ChainContext _context = network.NewContext(simulation);
    private readonly List<Hash256> _roots = [network.Genesis.Genesis().Root];
    private readonly List<(Height Height, NodeIndex Node, Hash256 Root)> _awaited = [];
    private ChainBlock _head = network.GenesisBlock();

    public List<string> Violations { get; } = [];

    /// <summary>A member has committed a block. What it did if it was the first at its height; null otherwise.</summary>
    public BlockResult? OnCommit(SimulatedNode node, ChainBlock committed)
    {
        ulong height = committed.Ref.Height.Value;
        BlockResult? first = height == (ulong)_roots.Count ? Execute(node, committed.Ref.Hash) : null;
        if (height < (ulong)_roots.Count && committed.Executed!.State.Root != _roots[(int)height])
        {
            Violations.Add($"state of member {node.Index} after height {height} is {committed.Executed.State.Root.ToShortString()}, not {_roots[(int)height].ToShortString()}");
        }

        return first;
    }

    /// <summary>The state root after a height; null when no one has got there.</summary>
    public Hash256? RootAt(Height height) => height.Value < (ulong)_roots.Count ? _roots[(int)height.Value] : null;

    /// <summary>A member goes on from a state that it did not execute.</summary>
    public void OnSnapshot(SimulatedNode node, Height height, Hash256 root)
    {
        if (RootAt(height) is not { } expected)
        {
            // Only a byzantine member has committed it so far.
            _awaited.Add((height, node.Index, root));
        }
        else if (expected != root)
        {
            Violations.Add($"state of member {node.Index} out of a snapshot of height {height} is {root.ToShortString()}, not {expected.ToShortString()}");
        }
    }

    private BlockResult? Execute(SimulatedNode node, Hash256 hash)
    {
        var entries = new List<BlockEntry>();
        if (!BlockContent.TryDecode(node.Disk.Contents[hash], out BlockContent? content) || content.Header.PreviousHash != _head.Ref.Hash)
        {
            Violations.Add($"block {hash.ToShortString()} of member {node.Index} cannot be read, or is not on the chain");
            return null;
        }

        foreach (Hash256 batch in content.Payload.BatchHashes)
        {
            if (!node.Disk.Batches.TryGetValue(batch, out ReadBatch? stored) || network.Read(stored.Batch.Encoded) is not { IsValid: true } read)
            {
                Violations.Add($"member {node.Index} committed height {content.Header.Height} without a good batch {batch.ToShortString()}");
                return null;
            }

            entries.AddRange(read.Entries);
        }

        if (content.Header.StateRoot != _roots[^1])
        {
            Violations.Add($"the header of height {content.Header.Height} names the state {content.Header.StateRoot.ToShortString()}, not {_roots[^1].ToShortString()}");
        }

        if (content.Header.Beacon != ToyBeacon.Prove(_context.Committee[content.Header.Proposer], BeaconAlpha.Of(_head.BeaconHash, _context.Epoch, content.Header.View)))
        {
            Violations.Add($"the beacon of height {content.Header.Height} is not its leader's");
        }

        Timestamp before = _head.Timestamp;
        ExecutedBlock executed = BlockRules.Execute(_context, content.Header, hash, _head.Executed!, entries);
        _head = new ChainBlock(_head.Ref.Child(hash, content.Header.View), content)
        {
            Timestamp = content.Header.Timestamp,
            BeaconHash = BlockRules.BeaconHashOf(content.Header),
            Executed = executed,
        };
        _roots.Add(executed.State.Root);
        foreach ((Height height, NodeIndex by, Hash256 root) in _awaited.Where(awaited => awaited.Height == content.Header.Height && awaited.Root != executed.State.Root))
        {
            Violations.Add($"state of member {by} out of a snapshot of height {height} is {root.ToShortString()}, not {executed.State.Root.ToShortString()}");
        }

        ulong interval = network.Genesis.Parameters.CheckpointIntervalMs;
        if (content.Header.Timestamp.Milliseconds / interval > before.Milliseconds / interval)
        {
            simulation.Checks.Checkpoints?.OnDue(content.Header.Height, simulation.Clock.Now);
        }

        return executed.Result;
    }
}
